//! The signature of whoever takes the work over, drawn by finger; it covers the version that was signed.

import { Alert, Box, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconSignature } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, once } from '@/api/client';
import { Section } from '@/ui/Section';
import { Instant } from '@/ui/format';
import { useSave } from '@/ui/save';

export function Signature({ intervention, canSign }: { intervention: Schemas['InterventionDetail']; canSign: boolean }) {
  const { t } = useTranslation('intervention');
  const queries = useQueryClient();
  const { id } = intervention;
  const [open, setOpen] = useState(false);
  const { data } = useQuery({
    queryKey: ['interventions', id, 'signature'],
    // Nothing (204) when nobody has signed.
    queryFn: async () => (await ok(api.GET('/api/v1/interventions/{id}/signature', { params: { path: { id } } }))) ?? null,
  });
  const sign = useSave(async (body: Schemas['NewSignature']) => {
    await ok(api.POST('/api/v1/interventions/{id}/signature', { params: { path: { id }, header: once() as object }, body }));
    setOpen(false);
    await queries.invalidateQueries({ queryKey: ['interventions', id] });
  });
  if (!data && !canSign) return null;
  return (
    <Section title={t('signature')} actions={canSign && <Button variant="light" size="sm" leftSection={<IconSignature size={18} />} onClick={() => setOpen(true)}>{t('faire_signer')}</Button>}>
      {data
        ? (
          <Stack gap={4}>
            <Text>{data.nom}{data.fonction && `, ${data.fonction}`} — <Instant value={data.date} siteId={intervention.site_id} /></Text>
            {!data.couvre_version_actuelle && <Alert color="orange">{t('signature_perimee')}</Alert>}
          </Stack>
        )
        : <Text c="dimmed">{t('pas_signe')}</Text>}
      <Modal opened={open} onClose={() => setOpen(false)} title={t('faire_signer')} size="lg">
        <Pad busy={sign.busy} send={(body) => void sign.run(body)} />
      </Modal>
    </Section>
  );
}

const [WIDTH, HEIGHT] = [600, 220];

function Pad({ busy, send }: { busy: boolean; send: (body: Schemas['NewSignature']) => void }) {
  const { t } = useTranslation('intervention');
  const [nom, setNom] = useState('');
  const [fonction, setFonction] = useState('');
  const [strokes, setStrokes] = useState<string[]>([]);
  const drawing = useRef(false);
  const at = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const path = strokes.join(' ');
  return (
    <Stack>
      <TextInput label={t('nom_signataire')} required value={nom} onChange={({ currentTarget }) => setNom(currentTarget.value)} />
      <TextInput label={t('fonction')} value={fonction} onChange={({ currentTarget }) => setFonction(currentTarget.value)} />
      <Box>
        <Text size="sm" fw={500} id="pad">{t('signez_ici')}</Text>
        <svg
          role="img"
          aria-labelledby="pad"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          width="100%"
          style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 8, touchAction: 'none', background: 'white' }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drawing.current = true;
            setStrokes((before) => [...before, `M${at(event)}`]);
          }}
          onPointerMove={(event) => {
            if (!drawing.current) return;
            const point = at(event);
            setStrokes((before) => [...before.slice(0, -1), `${before.at(-1)} L${point}`]);
          }}
          onPointerUp={() => (drawing.current = false)}
        >
          <path d={path} fill="none" stroke="#16324f" strokeWidth={3} strokeLinecap="round" />
        </svg>
      </Box>
      <Group justify="space-between">
        <Button variant="subtle" onClick={() => setStrokes([])}>{t('effacer')}</Button>
        <Button loading={busy} disabled={!nom.trim() || !path.includes('L')} onClick={() => send({ nom: nom.trim(), fonction: fonction.trim() || null, image: path })}>{t('confirmer')}</Button>
      </Group>
    </Stack>
  );
}
