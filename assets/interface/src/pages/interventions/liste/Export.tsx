//! The whole filtered list as a file, read page by page so that its length does not matter.

import { Button, Modal, Progress, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { Problem, isUnreachable } from '@/api/problem';
import { langue } from '@/app/langue';
import { number, useSites } from '@/ui/format';
import { type ListState, asQuery } from '@/ui/list/address';
import { toCivil, toDay } from '@/ui/zones';
import { type Cell, download, line } from '@/ui/list/csv';
import { tell } from '@/ui/toast';

type Intervention = Schemas['Intervention'];

export function Export({ state }: { state: ListState }) {
  const { t } = useTranslation('interventions');
  const { t: common } = useTranslation();
  const toCells = useCells();
  const [progress, setProgress] = useState<{ done: number; total: number; exact: boolean } | null>(null);
  const stopped = useRef<AbortController>(null);

  const run = async () => {
    const stop = (stopped.current = new AbortController());
    const decimal = langue() === 'en' ? '.' : ',';
    const lines = [line(toCells.map(([name]) => name), decimal)];
    setProgress({ done: 0, total: 0, exact: true });
    try {
      for (let cursor: string | undefined, more = true; more;) {
        const query = { ...asQuery(state), page_size: 200, ...(cursor && { cursor }) };
        const page = await ok(api.GET('/api/v1/interventions/', { params: { query }, signal: stop.signal }));
        for (const row of page.items) lines.push(line(toCells.map(([, cell]) => cell(row)), decimal));
        setProgress({ done: lines.length - 1, total: page.total, exact: page.total_exact });
        cursor = page.next_cursor ?? undefined;
        more = cursor !== undefined;
      }
      download(`interventions-${toDay(new Date().toISOString(), Intl.DateTimeFormat().resolvedOptions().timeZone)}.csv`, lines);
      tell({ message: t('export.fait', { count: lines.length - 1 }) });
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!(error instanceof Problem) && !isUnreachable(error)) throw error;
      const message = error instanceof Problem ? error.message : common('erreur.sans_reseau_texte');
      tell({ color: 'red', title: common('erreur.titre'), message });
    } finally {
      setProgress(null);
    }
  };
  const stop = () => stopped.current?.abort();

  return (
    <>
      <Button variant="default" leftSection={<IconDownload size={18} />} onClick={() => void run()}>{common('exporter')}</Button>
      <Modal opened={progress !== null} onClose={stop} title={common('exporter')} closeOnClickOutside={false}>
        {progress && (
          <Stack>
            <Progress
              value={progress.exact && progress.total ? (100 * progress.done) / progress.total : 100}
              animated={!progress.exact}
              aria-label={t('export.en_cours')}
            />
            <Text role="status" className="tabular">
              {progress.exact
                ? t('export.avance', { done: number(progress.done), total: number(progress.total) })
                : t('export.avance_sans_total', { done: number(progress.done) })}
            </Text>
            <Button variant="default" onClick={stop}>{common('annuler')}</Button>
          </Stack>
        )}
      </Modal>
    </>
  );
}

/** The columns of the file: every member that people read, instants on the clock of the site. */
function useCells(): [name: string, cell: (row: Intervention) => Cell][] {
  const { t } = useTranslation('interventions');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const sites = useSites();
  const site = (row: Intervention) => sites.data?.find(({ id }) => id === row.site_id);
  const at = (row: Intervention, value: string | null | undefined) =>
    value && toCivil(value, site(row)?.fuseau ?? 'UTC').slice(0, 16);
  const yes = (value: boolean) => common(value ? 'oui' : 'non');
  return [
    [t('champ.numero'), (row) => row.numero],
    [t('champ.titre'), (row) => row.titre],
    [t('champ.description'), (row) => row.description],
    [t('champ.type'), (row) => word(`type_intervention.${row.type_intervention}`)],
    [t('champ.statut'), (row) => word(`statut.${row.statut}`)],
    [t('champ.priorite'), (row) => word(`priorite.${row.priorite}`)],
    [t('champ.code_equipement'), (row) => row.equipement_code],
    [t('champ.equipement'), (row) => row.equipement_nom],
    [t('champ.site'), (row) => site(row)?.nom],
    [t('champ.technicien'), (row) => row.technicien_nom],
    [t('champ.creation'), (row) => at(row, row.date_creation)],
    [t('champ.limite'), (row) => at(row, row.date_limite)],
    [common('en_retard'), (row) => yes(row.en_retard)],
    [t('champ.prevue'), (row) => at(row, row.date_debut_prevue)],
    [t('champ.fin_prevue'), (row) => at(row, row.date_fin_prevue)],
    [t('champ.debut_reel'), (row) => at(row, row.date_debut_reelle)],
    [t('champ.fin_reelle'), (row) => at(row, row.date_fin_reelle)],
    [t('champ.arret'), (row) => yes(row.arret_equipement)],
    [t('champ.debut_arret'), (row) => at(row, row.date_arret)],
    [t('champ.remise_en_service'), (row) => at(row, row.date_remise_en_service)],
    [word('nature_code.symptome'), (row) => row.symptome_code_libelle ?? row.symptome],
    [word('nature_code.cause'), (row) => row.cause_code_libelle ?? row.cause],
    [word('nature_code.remede'), (row) => row.remede_code_libelle ?? row.remede],
    [t('champ.compte_rendu'), (row) => row.compte_rendu],
    [t('champ.temps_min'), (row) => row.temps_passe_min],
    [t('champ.cout'), (row) => row.cout_total],
    [t('champ.validee_par'), (row) => row.validee_par_nom],
  ];
}
