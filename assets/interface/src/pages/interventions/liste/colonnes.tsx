import { Group } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Priorite, Statut, Word } from '@/ui/badges';
import { Instant, duration, money, useSites } from '@/ui/format';
import type { Column } from '@/ui/list/DataList';

type Intervention = Schemas['Intervention'];

/** The columns of the list of interventions. */
export function useColumns(): Column<Intervention>[] {
  const { t } = useTranslation('interventions');
  const { t: word } = useTranslation('valeurs');
  const runsThePlant = useRunsThePlant();
  const sites = useSites();
  const instant = (key: string, label: string, value: (row: Intervention) => string | null | undefined, sort?: string): Column<Intervention> => ({
    key, label, width: '150px', optional: true, ...(sort && { sort }), cell: (row) => <Instant value={value(row)} siteId={row.site_id} />,
  });
  return [
    { key: 'numero', label: t('champ.numero'), width: '142px', sort: 'numero', cell: (row) => <span className="tabular">{row.numero}</span> },
    { key: 'titre', text: true, label: t('champ.titre'), sort: 'titre', cell: (row) => row.titre },
    { key: 'equipement', text: true, label: t('champ.equipement'), width: '150px', sort: 'equipement_nom', cell: (row) => row.equipement_nom },
    { key: 'statut', label: t('champ.statut'), width: '146px', sort: 'statut', cell: (row) => <Etat row={row} /> },
    { key: 'priorite', label: t('champ.priorite'), width: '98px', sort: 'priorite', cell: (row) => <Priorite value={row.priorite} /> },
    { key: 'technicien', label: t('champ.technicien'), width: '118px', cell: (row) => row.technicien_nom ?? '—' },
    { key: 'limite', label: t('champ.limite'), width: '150px', sort: 'date_limite', cell: (row) => <Limite row={row} /> },
    { key: 'type', label: t('champ.type'), width: '120px', optional: true, cell: (row) => word(`type_intervention.${row.type_intervention}`) },
    { key: 'code', label: t('champ.code_equipement'), width: '150px', optional: true, cell: (row) => row.equipement_code },
    { key: 'site', label: t('champ.site'), width: '180px', optional: true, cell: (row) => sites.data?.find(({ id }) => id === row.site_id)?.nom },
    instant('prevue', t('champ.prevue'), (row) => row.date_debut_prevue, 'date_debut_prevue'),
    instant('debut', t('champ.debut_reel'), (row) => row.date_debut_reelle),
    instant('fin', t('champ.fin_reelle'), (row) => row.date_fin_reelle, 'date_fin_reelle'),
    instant('creation', t('champ.creation'), (row) => row.date_creation, 'date_creation'),
    instant('modification', t('champ.modification'), (row) => row.updated_at, 'updated_at'),
    { key: 'temps', label: t('champ.temps'), width: '110px', align: 'end', optional: true, cell: (row) => duration(row.temps_passe_min) },
    ...(runsThePlant ? [{
      key: 'cout', label: t('champ.cout'), width: '110px', align: 'end', optional: true,
      cell: (row: Intervention) => (row.cout_total == null ? '—' : money(row.cout_total)),
    } as const] : []),
  ];
}

/** Where an intervention stands, and whether the parts it waited for have come. */
export function Etat({ row }: { row: Intervention }) {
  const { t } = useTranslation('interventions');
  if (row.statut === 'attente_pieces' && row.pieces_disponibles) return <Word color="teal">{t('pieces_arrivees')}</Word>;
  return <Statut value={row.statut} />;
}

function Limite({ row }: { row: Intervention }) {
  const { t } = useTranslation();
  if (!row.en_retard) return <Instant value={row.date_limite} siteId={row.site_id} />;
  return (
    <Group component="span" gap={4} wrap="nowrap" c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))" fw={600} title={t('en_retard')}>
      <Instant value={row.date_limite} siteId={row.site_id} />
      <IconClockExclamation size={18} style={{ flexShrink: 0 }} role="img" aria-label={t('en_retard')} />
    </Group>
  );
}
