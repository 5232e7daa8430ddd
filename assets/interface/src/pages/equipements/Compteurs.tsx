//! The meters of a machine: new readings, those before, and the plans that act on them.

import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, once } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Section } from '@/ui/Section';
import { Instant, number } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';
import { PlansCompteur } from './PlansCompteur';
import { Releves } from './Releves';

type Compteur = Schemas['Compteur'];

export function Compteurs({ equipement, canRead, siteId }: { equipement: number; canRead: boolean; siteId: number }) {
  const { t } = useTranslation('equipements');
  const runsThePlant = useRunsThePlant();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['compteurs', equipement],
    queryFn: () => ok(api.GET('/api/v1/compteurs/', { params: { query: { equipement_id: [equipement], page_size: 50 } } })),
  });
  if (!data || (!data.items.length && !runsThePlant)) return null;
  return (
    <Section
      title={t('compteurs')}
      actions={runsThePlant && (
        <RecordButton
          name={`/equipements/${equipement}/compteur`}
          title={t('nouveau_compteur')}
          variant="light"
          fields={[
            { kind: 'text', key: 'nom', label: t('nom'), required: true },
            { kind: 'text', key: 'unite', label: t('unite'), required: true, known: ['h', 'km', 'cycles', 'kWh', 'm³', '°C', 'bar'] },
            { kind: 'choice', key: 'type', label: t('type_compteur'), required: true, choices: [{ value: 'continu', label: t('type_continu') }, { value: 'jauge', label: t('type_jauge') }] },
            { kind: 'number', key: 'capacite', label: t('capacite'), decimals: 3 },
          ]}
          initial={{ type: 'continu' }}
          save={async (body) => {
            await ok(api.POST('/api/v1/compteurs/', { body: { ...body, equipement_id: equipement } as Schemas['NewCompteur'] }));
            await queries.invalidateQueries({ queryKey: ['compteurs'] });
          }}
        />
      )}
    >
      {data.items.map((compteur) => <Meter key={compteur.id} compteur={compteur} canRead={canRead} siteId={siteId} />)}
    </Section>
  );
}

function Meter({ compteur, canRead, siteId }: { compteur: Compteur; canRead: boolean; siteId: number }) {
  const { t } = useTranslation('equipements');
  const [open, { toggle }] = useDisclosure();
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="end">
        <div>
          <Text fw={500}>{compteur.nom}</Text>
          <Text size="sm" c="dimmed">{compteur.dernier_releve != null ? <>{number(compteur.dernier_releve)} {compteur.unite}, <Instant value={compteur.date_dernier_releve} siteId={siteId} /></> : t('jamais_lu')}</Text>
        </div>
        <Group align="end" gap="xs" className="no-print">
          {canRead && compteur.statut === 'actif' && <NewReading compteur={compteur} />}
          <Button variant="subtle" aria-expanded={open} aria-label={`${t('details')} : ${compteur.nom}`} rightSection={open ? <IconChevronUp size={18} /> : <IconChevronDown size={18} />} onClick={toggle}>{t('details')}</Button>
        </Group>
      </Group>
      {open && (
        <Stack ps="md" style={{ borderInlineStart: '3px solid var(--mantine-color-default-border)' }}>
          <PlansCompteur compteur={compteur} />
          <Releves compteur={compteur} siteId={siteId} />
        </Stack>
      )}
    </Stack>
  );
}

/** A new reading; a lower one asks why. */
function NewReading({ compteur }: { compteur: Compteur }) {
  const { t } = useTranslation('equipements');
  const queries = useQueryClient();
  const [valeur, setValeur] = useState<number | string>('');
  const [explication, setExplication] = useState<string | null>(null);
  const read = useSave(async () => {
    const body = { valeur: Number(valeur), ...(explication && { explication: explication as Schemas['Explication'] }) };
    await ok(api.POST('/api/v1/compteurs/{id}/releves', { params: { path: { id: compteur.id }, header: once() as object }, body }));
    setValeur('');
    setExplication(null);
    await Promise.all([queries.invalidateQueries({ queryKey: ['compteurs'] }), queries.invalidateQueries({ queryKey: ['interventions'] })]);
  });
  const choices = (read.problem?.body.explications ?? []) as Schemas['Explication'][];
  return (
    <>
      {choices.length > 0 && <Select label={t('pourquoi_moins')} w={260} data={choices.map((value) => ({ value, label: t(`explication.${value}`) }))} value={explication} onChange={setExplication} />}
      <NumberInput label={t('releve')} w={150} value={valeur} onChange={setValeur} hideControls min={0} decimalScale={3} inputMode="decimal" rightSection={<Text size="sm">{compteur.unite}</Text>} rightSectionWidth={64} />
      <Button variant="light" disabled={valeur === ''} loading={read.busy} onClick={() => void read.run()}>{t('saisir')}</Button>
    </>
  );
}
