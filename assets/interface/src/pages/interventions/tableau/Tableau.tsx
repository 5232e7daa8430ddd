import { Modal, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, ok, api } from '@/api/client';
import { asQuery, useListState } from '@/ui/list/address';
import { Filters } from '@/ui/list/Filters';
import { PageHead } from '@/ui/PageHead';
import { useSave } from '@/ui/save';
import { tell } from '@/ui/toast';
import { useInterventionFilters } from '../filtres';
import { Colonne } from './Colonne';
import classes from './Tableau.module.css';
import { Transition, change } from '../transition/Transition';
import { COLUMNS, type ColumnKey, FINISHED_DAYS, type Statut, askedBy, detailOf } from '../transition/workflow';

type Intervention = Schemas['Intervention'];
type Detail = Schemas['InterventionDetail'];

/** Work by its statut: what waits, what is under way, what is done. */
export default function Tableau() {
  const { t } = useTranslation('tableau');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const list = useListState();
  const filters = useInterventionFilters(['statut', 'terminee']);
  const [dragged, setDragged] = useState<Intervention | null>(null);
  const [asking, setAsking] = useState<{ intervention: Detail; to: Statut } | null>(null);

  const { statut: _statut, ...others } = list.state.filters;
  const query = asQuery({ ...list.state, tri: '', filters: others });
  const queryOf = (statut: ColumnKey) =>
    statut === 'termine'
      ? { ...query, tri: '-date_fin_reelle', terminee_du: dayjs().subtract(FINISHED_DAYS, 'day').format('YYYY-MM-DD') }
      : { ...query, tri: '-priorite,date_limite' };
  // What the filters would leave of the work on the board.
  const facets = useQuery({
    queryKey: ['interventions', 'tableau', 'facettes', query],
    queryFn: () => ok(api.GET('/api/v1/filters/interventions', { params: { query: { ...query, statut: ['planifie', 'en_cours', 'attente_pieces'], page_size: 1 } } })),
    select: ({ facettes }) => facettes,
  });
  const offered = useQuery({ ...detailOf(dragged ?? { id: 0, version: 0 }), enabled: dragged !== null });

  const moved = (numero: string, to: Statut) => {
    setAsking(null);
    tell({ message: t('deplacee', { numero, statut: word(`statut.${to}`) }) });
    void queries.invalidateQueries({ queryKey: ['interventions'] });
  };
  const move = useSave(async (row: Intervention, to: Statut) => {
    const intervention = await queries.fetchQuery(detailOf(row));
    if (!intervention.transitions.includes(to)) {
      const message = to === 'en_cours' && !intervention.technicien_id ? t('technicien_d_abord') : t('refusee', { statut: word(`statut.${to}`) });
      tell({ color: 'yellow', title: intervention.numero, message });
      void queries.invalidateQueries({ queryKey: ['interventions'] });
    } else if (askedBy(intervention.statut, to) === 'rien') {
      await change(intervention, { statut: to });
      moved(intervention.numero, to);
    } else setAsking({ intervention, to });
  });

  return (
    <Stack>
      <PageHead title={common('navigation.tableau')} />
      <Filters list={list} filters={filters} facets={facets.data} />
      <div className={classes.board} role="group" aria-label={t('colonnes')} tabIndex={-1}>
        {COLUMNS.map((statut) => (
          <Colonne
            key={statut}
            statut={statut}
            query={queryOf(statut)}
            target={dragged === null ? undefined : offered.data?.transitions.includes(statut)}
            dragged={dragged}
            drag={setDragged}
            drop={() => dragged && void move.run(dragged, statut)}
            move={(row, to) => void move.run(row, to)}
          />
        ))}
      </div>
      <Modal opened={asking !== null} onClose={() => setAsking(null)} size="lg" title={asking && `${asking.intervention.numero} : ${t(`vers.${asking.to}`)}`}>
        {asking && <Transition {...asking} done={() => moved(asking.intervention.numero, asking.to)} />}
      </Modal>
    </Stack>
  );
}
