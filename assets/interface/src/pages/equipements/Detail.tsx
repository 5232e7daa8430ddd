import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconMessagePlus, IconPlus, IconPrinter } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useMe, useRunsThePlant } from '@/session/session';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Statut, StatutEquipement } from '@/ui/badges';
import { Documents } from '@/ui/documents/Documents';
import { Instant, day, money } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { Loading, Trouble } from '@/ui/states';
import { Compteurs } from './Compteurs';
import { useFields } from './champs';

export default function Detail() {
  const { t } = useTranslation('equipements');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const runsThePlant = useRunsThePlant();
  const isStaff = useMe().role !== 'client';
  const path = { id };
  const { data, error, refetch } = useQuery({
    queryKey: ['equipements', id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}', { params: { path } })),
  });
  const tree = useQuery({
    queryKey: ['equipements', id, 'arbre'],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}/arbre', { params: { path } })),
  });
  const work = useQuery({
    queryKey: ['interventions', 'equipement', id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}/interventions', { params: { path, query: { page_size: 20, tri: '-date_creation' } } })),
  });
  const plans = useQuery({
    queryKey: ['planning', 'equipement', id],
    queryFn: () => ok(api.GET('/api/v1/planning/', { params: { query: { equipement_id: [id], page_size: 50 } } })),
    enabled: runsThePlant,
  });
  const fields = useFields();
  const queries = useQueryClient();
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const attributes = Object.entries(data.attributs as Record<string, unknown>).map(([key, value]): [string, string] => [key.replaceAll('_', ' '), String(value)]);
  return (
    <Stack maw={1100}>
      <PageHead title={data.nom} up={{ href: '/equipements', text: t('titre') }} mark={<StatutEquipement value={data.statut} />}>
        <Button component={Link} href={`/demandes/nouvelle?equipement_id=${id}`} variant={runsThePlant ? 'default' : 'filled'} leftSection={<IconMessagePlus size={18} />}>{t('signaler')}</Button>
        {runsThePlant && <Button component={Link} href={`/interventions/nouvelle?equipement_id=${id}`} leftSection={<IconPlus size={18} />}>{t('intervenir')}</Button>}
        {runsThePlant && (
          <RecordButton
            name={`/equipements/${id}`}
            title={t('un')}
            fields={fields}
            row={data}
            reread={async () => (await refetch()).data!}
            save={async (body, version) => {
              await ok(api.PATCH('/api/v1/equipements/{id}', { params: { path, header: ifMatch(version) }, body }));
              await queries.invalidateQueries({ queryKey: ['equipements'] });
            }}
          />
        )}
        <Button component={Link} href={`/etiquettes?id=${id}`} variant="default" leftSection={<IconPrinter size={18} />}>{t('etiquette')}</Button>
      </PageHead>
      {tree.data && tree.data.ancetres.length > 0 && (
        <Group gap={6} component="nav" aria-label={t('place')}>
          {tree.data.ancetres.map((above) => <Group key={above.id} gap={6}><Anchor component={Link} href={`/equipements/${above.id}`}>{above.nom}</Anchor><Text c="dimmed">/</Text></Group>)}
          <Text>{data.nom}</Text>
        </Group>
      )}
      <Section title={data.code}>
        <Facts facts={[
          [t('type'), data.type], [t('site'), data.site_nom], [t('localisation'), data.localisation],
          [t('criticite'), word(`criticite.${data.criticite}`)], [t('fabricant'), data.fabricant], [t('modele'), data.modele],
          [t('serie'), data.numero_serie], [t('service'), data.date_mise_en_service && day(data.date_mise_en_service)],
          [t('valeur'), data.valeur_remplacement != null && money(data.valeur_remplacement)], ...attributes,
        ]} />
      </Section>
      {tree.data && tree.data.enfants.length > 0 && (
        <Section title={t('sous')}><Branch nodes={tree.data.enfants} /></Section>
      )}
      <Compteurs equipement={id} canRead={isStaff} siteId={data.site_id} />
      <Section title={t('historique')}>
        {work.data?.items.length === 0 && <Text c="dimmed">{t('aucune_intervention')}</Text>}
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Tbody>
              {work.data?.items.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td className="tabular"><Instant value={row.date_creation} siteId={row.site_id} format={{ dateStyle: 'short' }} /></Table.Td>
                  <Table.Td><Anchor component={Link} href={`/interventions/${row.id}`}>{row.titre}</Anchor></Table.Td>
                  <Table.Td><Statut value={row.statut} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      {runsThePlant && (plans.data?.items.length ?? 0) > 0 && (
        <Section title={t('preventif')}>
          {plans.data!.items.map((plan) => (
            <Group key={plan.id} justify="space-between"><Anchor component={Link} href={`/planning/${plan.id}`}>{plan.titre}</Anchor><Text className="tabular">{plan.prochaine_date && day(plan.prochaine_date)}</Text></Group>
          ))}
        </Section>
      )}
      <Documents parent={{ equipement_id: id }} canAdd={isStaff} canDelete={runsThePlant} />
    </Stack>
  );
}

function Branch({ nodes }: { nodes: Schemas['Noeud'][] }) {
  return (
    <Stack component="ul" gap={4} m={0} ps="md" style={{ listStyle: 'none' }}>
      {nodes.map((node) => (
        <li key={node.id}>
          <Group gap="xs"><Anchor component={Link} href={`/equipements/${node.id}`}>{node.nom}</Anchor><Text size="sm" c="dimmed">{node.code}</Text>{node.statut !== 'operationnel' && <StatutEquipement value={node.statut} />}</Group>
          {node.enfants.length > 0 && <Branch nodes={node.enfants} />}
        </li>
      ))}
    </Stack>
  );
}
