//! What the label of a machine leads to: the machine, what is open on it, and reporting a problem.

import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconEngineOff, IconFileText, IconQrcode } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import type { Schemas } from '@/api/client';
import { useEnvois } from '@/hors_ligne/envois';
import { Mark } from '@/hors_ligne/Mark';
import { isUnsent } from '@/hors_ligne/row';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { StatutEquipement } from '@/ui/badges';
import { Empty, Loading, Trouble } from '@/ui/states';
import { Carte } from '../Carte';
import { read } from '../readings';
import { Signaler } from './Signaler';

export default function Machine() {
  const { t } = useTranslation('terrain');
  // The router hands on what stands in the address, decoded already.
  const { code } = useParams<{ code: string }>();
  const { data, error, isPaused, isPending, refetch } = useQuery(read.label(code));
  if (data) return <Found label={data} />;
  if (isPending) return error || isPaused ? <Trouble error={error ?? new TypeError('no reception')} retry={() => void refetch()} /> : <Loading />;
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  return (
    <>
      <PageHead title={code} up={{ href: '/scanner', text: t('scanner.titre') }} />
      <Empty icon={IconEngineOff} title={t('machine.inconnue')} text={t('machine.inconnue_texte', { code })}>
        <Button component={Link} href="/scanner" leftSection={<IconQrcode size={20} aria-hidden />}>{t('machine.autre')}</Button>
      </Empty>
    </>
  );
}

function Found({ label }: { label: Schemas['Etiquette'] }) {
  const machine = label.equipement;
  const { t } = useTranslation('terrain');
  const { t: word } = useTranslation('valeurs');
  const [reporting, report] = useDisclosure();
  const { data: work } = useQuery(read.machineWork(machine.id));
  const reported = useEnvois().filter((row) => row.kind === 'signalement' && isUnsent(row) && row.body?.equipement_id === machine.id);
  return (
    <Stack maw={720}>
      <PageHead title={machine.nom} mark={<StatutEquipement value={machine.statut} size="lg" />} />
      {label.par === 'ancien_code' && (
        <Alert color="yellow" role="status">{t('machine.ancien_code', { lue: label.lue, code: label.code_actuel })}</Alert>
      )}
      {label.aussi.length > 0 && (
        <Alert color="yellow" role="status" title={t('machine.aussi', { lue: label.lue, machine: machine.nom, code: machine.code })}>
          <Stack gap="xs">
            {label.aussi.map((other) => (
              <Anchor key={other.id} component={Link} href={`/e/${encodeURIComponent(other.code_actuel)}`}>{`${other.code_actuel} · ${other.nom}`}</Anchor>
            ))}
          </Stack>
        </Alert>
      )}
      <Facts
        facts={[
          [t('machine.code'), machine.code],
          [t('machine.lieu'), [machine.site_nom, machine.localisation].filter(Boolean).join(' · ')],
          [t('machine.type'), machine.type],
          [t('machine.criticite'), word(`criticite.${machine.criticite}`)],
          [t('machine.modele'), [machine.fabricant, machine.modele].filter(Boolean).join(' ')],
          [t('machine.serie'), machine.numero_serie],
        ]}
      />
      <Group grow preventGrowOverflow={false}>
        {machine.statut !== 'retire' && (
          <Button size="xl" px="md" color="red.9" leftSection={<IconAlertTriangle aria-hidden />} onClick={report.open}>{t('machine.signaler')}</Button>
        )}
        <Button size="xl" px="md" variant="default" component={Link} href={`/equipements/${machine.id}`} leftSection={<IconFileText aria-hidden />}>{t('machine.fiche')}</Button>
      </Group>
      {reported.map((row) => (
        <Group key={row.id} gap="xs"><Text>{t('machine.signale', { titre: String(row.body?.titre) })}</Text><Mark row={row} /></Group>
      ))}
      <Stack component="section" gap="xs">
        <Title order={2} size="h4">{t('machine.ouvertes')}</Title>
        {work?.items.length === 0 && <Text c="dimmed">{t('machine.aucune')}</Text>}
        {work?.items.map((intervention) => <Carte key={intervention.id} intervention={intervention} />)}
      </Stack>
      {reporting && <Signaler machine={machine} close={report.close} />}
    </Stack>
  );
}
