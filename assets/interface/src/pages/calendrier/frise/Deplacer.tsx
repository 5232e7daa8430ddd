//! The same without dragging: who, when and for how long, with what stands against it while it is chosen.

import { Anchor, Button, Group, NumberInput, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { MomentInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { toCivil, toInstant } from '@/ui/zones';
import { Verdict } from './Verdict';
import { type Movable, usePlacer } from './placer';
import type { Obstacle, Place } from './regles';

export function Deplacer({ item, first, people, against, done }: {
  item: Movable;
  first: Partial<Place>;
  people: { id: number; nom: string }[];
  against: (place: Place, own: number | null, required: Schemas['CompetenceRequise'][]) => Obstacle[];
  done: () => void;
}) {
  const { t } = useTranslation('calendrier');
  const { zone } = item;
  const [technicien, setTechnicien] = useState<string | null>(first.technicien ? String(first.technicien) : null);
  const [start, setStart] = useState<string | null>(first.debut ? toCivil(new Date(first.debut).toISOString(), zone) : null);
  const [minutes, setMinutes] = useState<number | string>(item.length / 60_000);
  const placer = usePlacer();
  const { data } = useQuery({ queryKey: ['interventions', item.intervention], queryFn: () => ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id: item.intervention } } })) });
  const debut = start && !isUnread(start) && Date.parse(toInstant(start, zone));
  const place = technicien && debut && Number(minutes) > 0 ? { technicien: Number(technicien), debut, fin: debut + Number(minutes) * 60_000 } : null;
  const found = place ? against(place, item.affectation, data?.competences_requises ?? []) : [];
  const isOnlyHours = found.length > 0 && found.every(({ kind }) => kind === 'hors_horaire');
  const go = async () => {
    if (place && (await placer.run(item, place, isOnlyHours))) done();
  };
  return (
    <Stack>
      <Anchor component={Link} href={`/interventions/${item.intervention}`}>{item.titre}</Anchor>
      <Select label={t('qui')} searchable data={people.map(({ id, nom }) => ({ value: String(id), label: nom }))} value={technicien} onChange={setTechnicien} />
      <Group grow align="start">
        <MomentInput label={t('debut')} value={start} onChange={setStart} />
        <NumberInput label={t('minutes')} min={5} max={1440} step={15} value={minutes} onChange={setMinutes} />
      </Group>
      {place && <Verdict place={place} nom={people.find(({ id }) => id === place.technicien)?.nom ?? ''} zone={zone} against={found} />}
      <Group justify="end">
        <Button disabled={!place || (found.length > 0 && !isOnlyHours)} loading={placer.busy} onClick={() => void go()}>{isOnlyHours ? t('placer_quand_meme') : t('placer')}</Button>
      </Group>
    </Stack>
  );
}
