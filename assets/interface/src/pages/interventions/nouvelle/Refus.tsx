//! Why nobody could be booked, and what can be done about it.

import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import type { Problem } from '@/api/problem';
import { span } from '@/ui/format';

export type Slot = { technicien_id: number; debut: string; fin: string };
type Conflict = Slot & { intervention_id: number | null; numero: string | null };
type Obstacle = { technicien_nom: string } & (
  | { type: 'inactif' | 'ferme' | 'indisponible' }
  | { type: 'competence'; nom: string; requis: number; motif: 'absente' | 'niveau' | 'expiree' }
);

/** Whether this refusal has its place here, beside the slot. */
export const isExplained = ({ status, code }: Problem) =>
  status === 409 && ['chevauchement', 'hors_horaire', 'non_qualifie'].includes(code);

export function Refus({ problem, zone, busy, take, force }: {
  problem: Problem;
  zone: string;
  busy: boolean;
  /** Takes a slot that the server proposes instead. */
  take: (slot: Slot) => void;
  /** Books outside working hours all the same. */
  force: () => void;
}) {
  const { t } = useTranslation('nouvelle');
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Not its value: of late browsers answer a scroll with a promise, which React would call when this goes.
    told.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  const people = useQuery({
    queryKey: ['techniciens', 'noms'],
    queryFn: async () => (await ok(api.GET('/api/v1/techniciens/', { params: { query: { page_size: 200 } } }))).items,
    staleTime: 60_000,
  });
  const { conflits = [], suggestions = [], obstacles = [] } = problem.body as { conflits?: Conflict[]; suggestions?: Slot[]; obstacles?: Obstacle[] };
  const name = (id: number) => people.data?.find((person) => person.id === id)?.nom ?? '…';
  const slot = ({ debut, fin }: Slot) => span(debut, fin, zone);
  return (
    <Alert ref={told} color="red" icon={<IconAlertTriangle />} title={problem.message} role="alert">
      <Stack gap="sm">
        {conflits.length > 0 && (
          <List listStyleType="none" spacing={2}>
            {conflits.map((conflict) => (
              <List.Item key={`${conflict.technicien_id} ${conflict.debut}`}>
                {conflict.intervention_id
                  ? <Anchor component={Link} href={`/interventions/${conflict.intervention_id}`} underline="always" c="inherit">{conflict.numero}</Anchor>
                  : t('absence')}
                {' '}<span className="tabular">{slot(conflict)}</span>
              </List.Item>
            ))}
          </List>
        )}
        {obstacles.length > 0 && (
          <List spacing={2}>
            {obstacles.map((obstacle, place) => (
              <List.Item key={place}>
                {obstacle.technicien_nom} : {obstacle.type === 'competence'
                  ? t(`obstacle.${obstacle.motif}`, { nom: obstacle.nom, niveau: obstacle.requis })
                  : t(`obstacle.${obstacle.type}`)}
              </List.Item>
            ))}
          </List>
        )}
        {suggestions.length > 0 && (
          <>
            <Text fw={600}>{t('suggestions')}</Text>
            <Group gap="xs">
              {suggestions.map((free) => (
                <Button key={`${free.technicien_id} ${free.debut}`} variant="default" h="auto" mih={44} py={6} onClick={() => take(free)}>
                  {name(free.technicien_id)}, {slot(free)}
                </Button>
              ))}
            </Group>
          </>
        )}
        {problem.code === 'hors_horaire' && (
          <Group><Button color="red" variant="light" loading={busy} onClick={force}>{t('planifier_quand_meme')}</Button></Group>
        )}
      </Stack>
    </Alert>
  );
}
