import { Button, Group, Stack, Text } from '@mantine/core';
import { IconClipboardPlus, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { EnRetard, Priorite } from '@/ui/badges';
import { Instant } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { DataList } from '@/ui/list/DataList';
import { Vues } from '@/ui/list/Vues';
import { PageHead } from '@/ui/PageHead';
import { useIsPhone } from '@/ui/phone';
import { Empty } from '@/ui/states';
import { useInterventionFilters } from './filtres';
import { Export } from './liste/Export';
import { Groupe } from './liste/Groupe';
import { Etat, useColumns } from './liste/colonnes';

export default function Liste() {
  const { t } = useTranslation('interventions');
  const list = useListState();
  const runsThePlant = useRunsThePlant();
  const isPhone = useIsPhone();
  const columns = useColumns();
  const filters = useInterventionFilters();
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
  const create = runsThePlant && (
    <Button component={Link} href="/interventions/nouvelle" leftSection={<IconPlus size={18} />}>{t(isPhone ? 'nouvelle_court' : 'nouvelle')}</Button>
  );

  return (
    <Stack>
      <PageHead title={t('titre')}>
        <Vues liste="interventions" state={list.state} />
        {!isPhone && <Export state={list.state} />}
        {create}
      </PageHead>
      <DataList
        name="interventions"
        list={list}
        // The counts of the filters are the first page's to bring; they are of the whole list.
        load={(query) => ok(api.GET(query.cursor ? '/api/v1/interventions/' : '/api/v1/filters/interventions', { params: { query } }))}
        columns={columns}
        filters={filters}
        id={(row) => row.id}
        href={(row) => `/interventions/${row.id}`}
        selection={runsThePlant ? { chosen, choose } : undefined}
        empty={<Empty icon={IconClipboardPlus} title={t('aucune')} text={t(runsThePlant ? 'aucune_texte' : 'aucune_pour_vous')}>{create}</Empty>}
        card={(row, link) => (
          <Stack gap={4}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Text size="sm" c="dimmed" className="tabular">{row.numero}</Text>
              <Group gap={4} wrap="nowrap">
                {row.en_retard && <EnRetard />}
                <Etat row={row} />
              </Group>
            </Group>
            {link(<Text fw={600} lineClamp={2} dir="auto">{row.titre}</Text>)}
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Text size="sm" c="dimmed" truncate dir="auto">{row.equipement_nom}</Text>
              {row.priorite === 'haute' || row.priorite === 'urgente'
                ? <Priorite value={row.priorite} style={{ flexShrink: 0 }} />
                : row.date_limite && <Text size="sm" c="dimmed" style={{ flexShrink: 0 }}><Instant value={row.date_limite} siteId={row.site_id} /></Text>}
            </Group>
          </Stack>
        )}
      />
      {runsThePlant && <Groupe chosen={chosen} choose={choose} />}
    </Stack>
  );
}
