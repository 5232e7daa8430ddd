import { Alert, Anchor, Button, Stack, Table, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Priorite, Word } from '@/ui/badges';
import { askFor, confirm } from '@/ui/confirm';
import { Documents } from '@/ui/documents/Documents';
import { day, duration } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { tell } from '@/ui/toast';
import { COLOURS } from './Liste';

const STATES: Record<Schemas['StatutEcheance'], string> = {
  prevue: 'gray', generee: 'blue', faite: 'teal', sautee: 'gray', manquee: 'red', reportee: 'yellow', annulee: 'gray',
};

export default function Detail() {
  const { t } = useTranslation('planning');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const id = Number(useParams().id);
  const queries = useQueryClient();
  const path = { id };
  const { data, error, refetch } = useQuery({ queryKey: ['planning', id], queryFn: () => ok(api.GET('/api/v1/planning/{id}', { params: { path } })) });
  const dates = useQuery({ queryKey: ['planning', id, 'echeances'], queryFn: () => ok(api.GET('/api/v1/planning/{id}/echeances', { params: { path } })) });
  const reread = () => Promise.all([queries.invalidateQueries({ queryKey: ['planning'] }), queries.invalidateQueries({ queryKey: ['interventions'] })]);
  const generate = useSave(async () => {
    const made = await ok(api.POST('/api/v1/planning/{id}/generer', { params: { path } }));
    tell({ message: made.empechement ?? t('generees', { count: made.items.length }) });
    await reread();
  });
  const change = useSave(async (statut: Schemas['StatutPlanning'], version: number) => {
    await ok(api.PATCH('/api/v1/planning/{id}', { params: { path, header: ifMatch(version) }, body: { statut } }));
    await reread();
  });
  const skip = useSave(async (k: number, motif: string) => {
    await ok(api.POST('/api/v1/planning/{id}/echeances/{k}/sauter', { params: { path: { id, k } }, body: { motif } }));
    await reread();
  });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack maw={1000}>
      <PageHead title={data.titre} up={{ href: '/planning', text: t('titre') }} mark={<Word color={COLOURS[data.statut]}>{word(`statut_planning.${data.statut}`)}</Word>}>
        {data.statut === 'actif' && <Button loading={generate.busy} onClick={() => void generate.run()}>{t('generer')}</Button>}
        {data.statut !== 'termine' && <Button component={Link} href={`/planning/${id}/modifier`} variant="default" leftSection={<IconPencil size={18} />}>{common('modifier')}</Button>}
        {data.statut === 'actif' && <Button variant="default" loading={change.busy} onClick={() => void change.run('suspendu', data.version)}>{t('suspendre')}</Button>}
        {data.statut === 'suspendu' && <Button variant="default" loading={change.busy} onClick={() => void change.run('actif', data.version)}>{t('reprendre')}</Button>}
        {data.statut !== 'termine' && (
          <Button variant="subtle" color="red" onClick={async () => {
            if (await confirm({ title: t('terminer'), text: t('terminer_texte'), action: t('terminer') })) void change.run('termine', data.version);
          }}>{t('terminer')}</Button>
        )}
      </PageHead>
      {data.empechement && <Alert color="orange">{data.empechement}</Alert>}
      {data.technicien_parti && data.statut !== 'termine' && <Alert color="orange">{t('technicien_parti')}</Alert>}
      {data.explication && <Alert color="blue" title={t('pourquoi')}>{data.explication}</Alert>}
      <Section title={t('plan')}>
        {data.description && <Text style={{ whiteSpace: 'pre-line' }}>{data.description}</Text>}
        <Facts facts={[
          [t('machine'), <Anchor key="m" component={Link} href={`/equipements/${data.equipement_id}`}>{data.equipement_code} · {data.equipement_nom}</Anchor>],
          [t('frequence'), `${word(`frequence.${data.frequence}`)} × ${data.intervalle}`], [t('debut'), day(data.date_debut)], [t('fin'), data.date_fin && day(data.date_fin)],
          [t('prochaine'), data.prochaine_date && day(data.prochaine_date)], [t('derniere'), data.derniere_date && day(data.derniere_date)],
          [t('mode'), word(`mode_planning.${data.mode}`)], [t('tolerance'), data.tolerance_jours], [t('anticipation'), data.anticipation_jours],
          [t('duree'), data.duree_estimee_min && duration(data.duree_estimee_min)], [t('technicien'), data.technicien_nom], [t('priorite'), <Priorite key="p" value={data.priorite} />],
        ]} />
      </Section>
      <Section title={t('echeances')}>
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Tbody>
              {[...(dates.data?.items ?? [])].reverse().map((due) => (
                <Table.Tr key={due.k}>
                  <Table.Td className="tabular">{day(due.date)}</Table.Td>
                  <Table.Td><Word color={STATES[due.statut]}>{word(`statut_echeance.${due.statut}`)}</Word></Table.Td>
                  <Table.Td>{due.intervention_id ? <Anchor component={Link} href={`/interventions/${due.intervention_id}`}>{due.numero}</Anchor> : due.motif}</Table.Td>
                  <Table.Td><Text size="sm" c="dimmed">{due.explication}</Text></Table.Td>
                  <Table.Td ta="end">
                    {due.statut === 'prevue' && (
                      <Button size="compact-md" variant="subtle" onClick={async () => {
                        const motif = await askFor({ title: t('sauter'), label: t('motif'), action: t('sauter') });
                        if (motif) void skip.run(due.k, motif);
                      }}>{t('sauter')}</Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      <Documents parent={{ planning_id: id }} canAdd canDelete />
    </Stack>
  );
}
