import { Text, Textarea } from '@mantine/core';
import { modals } from '@mantine/modals';
import i18next from 'i18next';

/** Asks before what cannot be undone; resolves to whether the person went on. */
export function confirm({ title, text, action, danger = true }: { title: string; text: string; action: string; danger?: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      children: <Text>{text}</Text>,
      labels: { confirm: action, cancel: i18next.t('annuler') },
      confirmProps: { color: danger ? 'red' : undefined },
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    });
  });
}

/** Asks for the words that an action needs, such as a reason; resolves to `null` when given up. */
export function askFor({ title, label, action, danger = false }: { title: string; label: string; action: string; danger?: boolean }): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    modals.openConfirmModal({
      title,
      children: <Textarea label={label} required data-autofocus maxLength={2000} onChange={(event) => (said = event.currentTarget.value)} />,
      labels: { confirm: action, cancel: i18next.t('annuler') },
      confirmProps: { color: danger ? 'red' : undefined },
      onConfirm: () => resolve(said.trim() || null),
      onCancel: () => resolve(null),
      onClose: () => resolve(null),
    });
  });
}
