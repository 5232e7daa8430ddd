//! A count, part by part, as one walks along the shelves: each quantity is sent as soon as it is entered.

import { Button, Group, NumberInput, Paper, Progress, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok, once } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Word } from '@/ui/badges';
import { confirm } from '@/ui/confirm';
import { Instant, money, number } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';

type Detail = Schemas['InventaireDetail'];
type Ligne = Schemas['LigneInventaire'];
type Shown = 'toutes' | 'a_compter' | 'ecarts';

export default function Inventaire() {
  const { t } = useTranslation('magasin');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const id = Number(useParams().id);
  const path = { id };
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [shown, setShown] = useState<Shown>('toutes');
  const [typed, setTyped] = useState('');
  const { data, error, refetch } = useQuery({ queryKey: ['inventaires', id], queryFn: () => ok(api.GET('/api/v1/inventaires/{id}', { params: { path } })) });
  const keep = (now: Detail) => queries.setQueryData(['inventaires', id], now);
  const close = useSave(async () => {
    keep(await ok(api.POST('/api/v1/inventaires/{id}/cloture', { params: { path, header: once() as object } })));
    await queries.invalidateQueries({ queryKey: ['pieces'] });
  });
  const giveUp = useSave(async ({ version }: Detail) => {
    await ok(api.DELETE('/api/v1/inventaires/{id}', { params: { path, header: ifMatch(version) } }));
    await queries.invalidateQueries({ queryKey: ['inventaires'] });
    go('/inventaires');
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const isOpen = data.statut === 'ouvert';
  const words = typed.trim().toLowerCase();
  const lines = data.lignes.filter((line) =>
    (shown === 'toutes' || (shown === 'a_compter' ? line.compte == null : !!line.ecart)) &&
    (!words || `${line.reference} ${line.designation} ${line.emplacement ?? ''}`.toLowerCase().includes(words)));
  return (
    <Stack maw={900}>
      <PageHead title={data.libelle} up={{ href: '/inventaires', text: t('inventaires') }} mark={<Word color={isOpen ? 'blue' : 'gray'}>{word(`statut_inventaire.${data.statut}`)}</Word>}>
        {isOpen && (
          <>
            <Button variant="subtle" color="red" loading={giveUp.busy} onClick={async () => {
              if (await confirm({ title: t('abandonner'), text: t('abandonner_texte'), action: t('abandonner') })) void giveUp.run(data);
            }}>{t('abandonner')}</Button>
            <Button loading={close.busy} onClick={async () => {
              if (await confirm({ title: t('cloturer'), text: t('cloturer_texte'), action: t('cloturer'), danger: false })) void close.run();
            }}>{t('cloturer')}</Button>
          </>
        )}
      </PageHead>
      <Group justify="space-between">
        <Text>{t('reste', { fait: data.comptees, nombre: data.nombre })}</Text>
        <Text fw={600}>{t('valeur_ecarts')} : {money(data.valeur_ecarts)}</Text>
      </Group>
      <Progress value={data.nombre ? (100 * data.comptees) / data.nombre : 0} aria-label={t('comptees')} />
      {data.clos_le && <Text c="dimmed"><Instant value={data.clos_le} /> · {data.clos_par}</Text>}
      <Group className="no-print">
        <TextInput aria-label={t('chercher')} placeholder={t('chercher')} leftSection={<IconSearch size={18} />} value={typed} onChange={({ currentTarget }) => setTyped(currentTarget.value)} flex={1} miw={200} />
        <SegmentedControl
          size="md"
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={[{ value: 'toutes', label: common('tous') }, { value: 'a_compter', label: t('a_compter') }, { value: 'ecarts', label: t('seulement_ecarts') }]}
        />
      </Group>
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {lines.map((line) => <li key={line.piece_id}><Count line={line} inventaire={id} isOpen={isOpen} keep={keep} /></li>)}
      </Stack>
      {lines.length === 0 && <Text c="dimmed">{common('liste.vide')}</Text>}
    </Stack>
  );
}

function Count({ line, inventaire, isOpen, keep }: { line: Ligne; inventaire: number; isOpen: boolean; keep: (now: Detail) => void }) {
  const { t } = useTranslation('magasin');
  const [value, setValue] = useState<number | string>(line.compte ?? '');
  const send = useSave(async () => {
    const body = { comptages: [{ piece_id: line.piece_id, quantite: Number(value) }] };
    keep(await ok(api.PUT('/api/v1/inventaires/{id}/comptages', { params: { path: { id: inventaire } }, body })));
  });
  const leave = () => {
    if (value !== '' && Number(value) !== line.compte) void send.run();
  };
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={500}>{line.designation}</Text>
          <Text size="sm" c="dimmed">{[line.reference, line.emplacement].filter(Boolean).join(' · ')}</Text>
          <Group gap="sm">
            <Text size="sm" className="tabular">{t('theorique')} : {number(line.theorique)} {line.unite}</Text>
            {!!line.ecart && <Word color="orange">{`${t('ecart')} : ${line.ecart > 0 ? '+' : ''}${number(line.ecart)}`}</Word>}
          </Group>
        </div>
        {isOpen ? (
          <NumberInput
            aria-label={`${t('compte')} : ${line.reference}`}
            placeholder={t('compte')}
            w={130}
            size="lg"
            inputMode="decimal"
            hideControls
            min={0}
            decimalScale={3}
            value={value}
            disabled={send.busy}
            onChange={setValue}
            onBlur={leave}
            onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
          />
        ) : <Text fw={600} className="tabular">{line.compte != null ? `${number(line.compte)} ${line.unite}` : '—'}</Text>}
      </Group>
    </Paper>
  );
}
