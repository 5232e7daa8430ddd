//! What a measure is held against, and when it is beyond.

import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { number } from '@/ui/format';
import type { Element } from '../work';

/** In words; `null` when there is none. */
export function useTolerance({ min, max, cible, unite }: Element): string | null {
  const { t } = useTranslation('terrain');
  const unit = unite ?? '';
  const say = (value: number) => `${number(value)} ${unit}`.trim();
  const range = min != null && max != null
    ? t('checklist.entre', { min: number(min), max: say(max) })
    : min != null ? t('checklist.au_moins', { min: say(min) }) : max != null ? t('checklist.au_plus', { max: say(max) }) : null;
  const target = cible != null ? t('checklist.cible', { cible: say(cible) }) : null;
  return [range, target].filter(Boolean).join(' · ') || null;
}

export function OutOfTolerance({ value, element }: { value: number; element: Element }) {
  const { t } = useTranslation('terrain');
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('checklist.hors_tolerance')} role="status">
      {t('checklist.hors_tolerance_texte', { valeur: `${number(value)} ${element.unite ?? ''}`.trim() })}
    </Alert>
  );
}
