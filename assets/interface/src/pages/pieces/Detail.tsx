import { Button, Group, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok, once } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { Documents } from '@/ui/documents/Documents';
import { money, number, price } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { Mouvements } from './Mouvements';
import { useFields } from './champs';

export default function Detail() {
  const { t } = useTranslation('pieces');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const runsThePlant = useRunsThePlant();
  const path = { id };
  const { data, error, refetch } = useQuery({ queryKey: ['pieces', id], queryFn: () => ok(api.GET('/api/v1/pieces/{id}', { params: { path } })) });
  const fields = useFields();
  const queries = useQueryClient();
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const amount = (value: number | null | undefined) => value != null && `${number(value)} ${data.unite}`;
  return (
    <Stack maw={1240}>
      <PageHead title={data.designation} up={{ href: '/pieces', text: t('titre') }} mark={data.sous_seuil ? <Word color="red">{t('sous_seuil')}</Word> : undefined}>
        {runsThePlant && (
          <RecordButton
            name={`/pieces/${id}`}
            title={t('piece')}
            fields={[...fields, { kind: 'choice', key: 'statut', label: t('statut'), required: true, choices: (['actif', 'retire'] as const).map((value) => ({ value, label: word(`statut_piece.${value}`) })) }]}
            row={data}
            reread={async () => (await refetch()).data!}
            save={async (body, version) => {
              await ok(api.PATCH('/api/v1/pieces/{id}', { params: { path, header: ifMatch(version) }, body }));
              await queries.invalidateQueries({ queryKey: ['pieces'] });
            }}
          />
        )}
      </PageHead>
      <Section title={data.reference}>
        <Facts facts={[
          [t('stock'), amount(data.stock)], [t('reserve'), amount(data.reserve)], [t('disponible'), amount(data.disponible)], [t('attendue'), data.attendue > 0 && amount(data.attendue)],
          [t('seuil'), amount(data.seuil_min)], [t('emplacement'), data.emplacement], [t('fournisseur'), data.fournisseur_nom],
          [t('cump'), data.cump != null && price(data.cump)], [t('valeur'), data.valeur_stock != null && money(data.valeur_stock)],
        ]} />
      </Section>
      {runsThePlant && <Move piece={data} />}
      <Mouvements piece={data} />
      <Documents parent={{ piece_id: id }} canAdd canDelete={runsThePlant} />
    </Stack>
  );
}

function Move({ piece }: { piece: Schemas['Piece'] }) {
  const { t } = useTranslation('pieces');
  const { t: word } = useTranslation('valeurs');
  const queries = useQueryClient();
  const form = useForm({ initialValues: { type: 'entree' as 'entree' | 'sortie', quantite: 1, cout_unitaire: piece.prix_unitaire ?? ('' as number | ''), motif: '' } });
  const move = useSave(async ({ type, quantite, cout_unitaire, motif }: typeof form.values) => {
    const body = { type, quantite, motif: motif.trim() || null, ...(type === 'entree' && cout_unitaire !== '' && { cout_unitaire }) };
    await ok(api.POST('/api/v1/pieces/{id}/mouvements', { params: { path: { id: piece.id }, header: once() as object }, body }));
    form.setValues({ quantite: 1, motif: '' });
    await queries.invalidateQueries({ queryKey: ['pieces'] });
  }, form);
  return (
    <Section title={t('mouvement')}>
      <form onSubmit={form.onSubmit((values) => void move.run(values))}>
        <Group align="end" gap="sm">
          <Select label={t('sens')} w={150} allowDeselect={false} data={(['entree', 'sortie'] as const).map((value) => ({ value, label: word(`type_mouvement.${value}`) }))} {...form.getInputProps('type')} />
          <NumberInput label={t('quantite')} w={130} min={0.001} decimalScale={3} {...form.getInputProps('quantite')} />
          {form.values.type === 'entree' && <NumberInput label={t('cout_unitaire')} w={150} min={0} decimalScale={4} {...form.getInputProps('cout_unitaire')} />}
          <TextInput label={t('motif')} w={{ base: '100%', sm: 220 }} {...form.getInputProps('motif')} />
          <Button type="submit" loading={move.busy}>{t('saisir')}</Button>
        </Group>
      </form>
    </Section>
  );
}
