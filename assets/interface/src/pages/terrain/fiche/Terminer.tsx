import { Alert, Button, Group, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { device } from '@/hors_ligne/device';
import { useEnvoisOf } from '@/hors_ligne/envois';
import { subjectOf, withAnswers } from '@/hors_ligne/overlay';
import { read } from '../readings';
import type { Actions, Detail } from '../work';
import { Formulaire } from './Formulaire';

const NATURES = ['symptome', 'cause', 'remede'] as const;
type Nature = (typeof NATURES)[number];
type Report = { compte_rendu: string; equipement_statut: string } & Record<`${Nature}_code_id`, number | null>;

/** Finishing: the report, the codes, and how the machine is left. What was typed survives a closed window. */
export function Terminer({ work, actions, close }: { work: Detail; actions: Actions; close: () => void }) {
  const { t } = useTranslation('terrain');
  const { t: common } = useTranslation();
  const { t: word } = useTranslation('valeurs');
  const { data: codes } = useQuery(read.codes());
  const { data: required } = useQuery(read.codesRequired());
  const { data: machine } = useQuery(read.machine(work.equipement_id));
  const missing = useMissing(work.id);
  const isCorrective = work.type_intervention === 'corrective';
  const mustCode = isCorrective && required === true;
  const [report, setReport] = useDraft(`terminer:${work.id}`, {
    compte_rendu: work.compte_rendu ?? '',
    equipement_statut: work.arret_equipement ? 'operationnel' : '',
    symptome_code_id: work.symptome_code_id ?? null,
    cause_code_id: work.cause_code_id ?? null,
    remede_code_id: work.remede_code_id ?? null,
  });
  const [tried, setTried] = useState(false);
  const noReport = !report.compte_rendu.trim();
  const noCode = (nature: Nature) => mustCode && report[`${nature}_code_id`] === null;

  const options = (nature: Nature) => (codes?.items ?? [])
    .filter((code) => code.nature === nature && (!code.types_equipement.length || !machine || code.types_equipement.includes(machine.type)))
    .map(({ id, code, libelle }) => ({ value: String(id), label: `${code} · ${libelle}` }));

  const submit = async () => {
    setTried(true);
    if (noReport || missing.length || NATURES.some(noCode)) return;
    const { equipement_statut, compte_rendu, ...coded } = report;
    const given = Object.fromEntries(Object.entries(coded).filter(([, id]) => id !== null));
    const body = { compte_rendu: compte_rendu.trim(), ...given, ...(equipement_statut && { equipement_statut }) };
    if (!(await actions.finish(body))) return;
    await device.dropDraft(`terminer:${work.id}`);
    close();
  };
  return (
    <Formulaire title={t('terminer.titre')} close={close}>
      {missing.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t('terminer.manque')} role={tried ? 'alert' : undefined}>
          <Stack gap={2}>{missing.map((libelle) => <Text key={libelle} size="sm">{libelle}</Text>)}</Stack>
        </Alert>
      )}
      <Textarea
        label={t('terminer.compte_rendu')}
        description={t('terminer.compte_rendu_aide')}
        size="lg"
        required
        minRows={4}
        maxLength={10_000}
        value={report.compte_rendu}
        error={tried && noReport && t('terminer.compte_rendu_requis')}
        onChange={(event) => setReport({ ...report, compte_rendu: event.currentTarget.value })}
      />
      {isCorrective && NATURES.map((nature) => (
        <Select
          key={nature}
          label={word(`nature_code.${nature}`)}
          size="lg"
          searchable
          clearable={!mustCode}
          required={mustCode}
          placeholder={common('choisir')}
          data={options(nature)}
          value={report[`${nature}_code_id`] === null ? null : String(report[`${nature}_code_id`])}
          error={tried && noCode(nature) && t('terminer.code_requis')}
          onChange={(id) => setReport({ ...report, [`${nature}_code_id`]: id === null ? null : Number(id) })}
        />
      ))}
      <Stack gap={4}>
        <Text id="machine" fw={500}>{t('terminer.machine')}</Text>
        <SegmentedControl
          aria-labelledby="machine"
          size="md"
          fullWidth
          orientation="vertical"
          value={report.equipement_statut}
          onChange={(equipement_statut) => setReport({ ...report, equipement_statut })}
          data={[
            ...(work.arret_equipement ? [] : [{ value: '', label: t('terminer.inchangee') }]),
            ...(['operationnel', 'maintenance', 'panne'] as const satisfies Schemas['EquipementRendu'][])
              .map((value) => ({ value, label: word(`statut_equipement.${value}`) })),
          ]}
        />
      </Stack>
      <Group grow preventGrowOverflow={false}>
        <Button size="xl" variant="default" onClick={close}>{common('annuler')}</Button>
        <Button size="xl" onClick={() => void submit()}>{t('terminer.envoyer')}</Button>
      </Group>
    </Formulaire>
  );
}

/** Mandatory operations that nobody answered yet. */
function useMissing(id: number): string[] {
  const { data, dataUpdatedAt } = useQuery(read.checklist(id));
  const rows = useEnvoisOf(subjectOf(id));
  const shown = data && withAnswers(data, rows, dataUpdatedAt);
  return shown?.operations.filter(({ obligatoire, repondue }) => obligatoire && !repondue).map(({ libelle }) => libelle) ?? [];
}

/** What is typed is kept on the device until it is handed over. */
function useDraft(key: string, initial: Report) {
  const [report, setReport] = useState(initial);
  useEffect(() => {
    void device.draft(key).then((kept) => kept && setReport((now) => ({ ...now, ...(kept as Report) })));
  }, [key]);
  const change = (next: Report) => {
    setReport(next);
    void device.setDraft(key, next);
  };
  return [report, change] as const;
}
