//! What may be done next: exactly what the server offers, each step with what it needs.

import { Button, Group, Modal } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconPlayerPause, IconPlayerPlay, IconRosetteDiscountCheck, IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { useSave } from '@/ui/save';
import { Transition, change } from '../transition/Transition';
import { askedBy } from '../transition/workflow';
import { detailKey } from './Detail';

type Intervention = Schemas['InterventionDetail'];
type Statut = Schemas['StatutIntervention'];

const ICONS: Record<Statut, typeof IconCheck> = {
  en_cours: IconPlayerPlay, attente_pieces: IconPlayerPause, termine: IconCheck, annule: IconX, planifie: IconArrowBackUp,
};

export function Actions({ intervention }: { intervention: Intervention }) {
  const { t } = useTranslation('intervention');
  const queries = useQueryClient();
  const runsThePlant = useRunsThePlant();
  const [asked, setAsked] = useState<Statut | null>(null);
  const { id, statut } = intervention;
  const take = async (after: Intervention) => {
    queries.setQueryData(detailKey(id), after);
    await queries.invalidateQueries({ queryKey: ['interventions'] });
    setAsked(null);
  };
  const step = useSave(async (to: Statut) => take(await change(intervention, { statut: to })));
  const validate = useSave(async () => {
    await ok(api.POST('/api/v1/interventions/{id}/validation', { params: { path: { id } }, body: {} }));
    await queries.invalidateQueries({ queryKey: ['interventions'] });
  });
  const canValidate = runsThePlant && statut === 'termine' && !intervention.date_validation;
  if (intervention.transitions.length === 0 && !canValidate) return null;

  return (
    <Group gap="sm" className="no-print">
      {intervention.transitions.map((to) => {
        const Icon = ICONS[to];
        const text = to === 'en_cours' ? (statut === 'termine' ? 'rouvrir' : statut === 'planifie' ? 'commencer' : 'reprendre') : to;
        return (
          <Button
            key={to}
            size="lg"
            variant={to === 'annule' || to === 'attente_pieces' ? 'default' : 'filled'}
            leftSection={<Icon size={22} />}
            loading={step.busy}
            onClick={() => (askedBy(statut, to) === 'rien' ? void step.run(to) : setAsked(to))}
          >
            {t(`action.${text as 'commencer'}`)}
          </Button>
        );
      })}
      {canValidate && (
        <Button size="lg" leftSection={<IconRosetteDiscountCheck size={22} />} loading={validate.busy} onClick={() => void validate.run()}>
          {t('action.valider')}
        </Button>
      )}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={asked && t(`action.${asked === 'en_cours' ? 'rouvrir' : asked as 'termine'}`)} size="lg">
        {asked && <Transition intervention={intervention} to={asked} done={(after) => void take(after)} />}
      </Modal>
    </Group>
  );
}
