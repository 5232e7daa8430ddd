//! Signing out while something is unsent: the person decides what becomes of it.

import { Button, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import i18next from 'i18next';
import { confirm } from '@/ui/confirm';
import { outbox } from './outbox';

type Choice = 'stay' | 'keep' | 'drop';

/** Whether the person may sign out: nothing is unsent, or they said what becomes of it. */
export async function mayLeave(user: number): Promise<boolean> {
  const count = await outbox.unsent(user).catch(() => 0);
  if (!count) return true;
  const choice = await ask(count);
  if (choice !== 'drop') return choice === 'keep';
  const t = i18next.getFixedT(null, 'envois');
  if (!(await confirm({ title: t('quitter.effacer'), text: t('quitter.effacer_texte', { count }), action: t('quitter.effacer') }))) return false;
  await outbox.forget(user);
  return true;
}

async function ask(count: number): Promise<Choice> {
  await i18next.loadNamespaces('envois');
  const t = i18next.getFixedT(null, 'envois');
  return new Promise((resolve) => {
    const choose = (choice: Choice) => () => {
      resolve(choice);
      modals.close(id);
    };
    const id = modals.open({
      title: t('quitter.titre'),
      onClose: () => resolve('stay'),
      children: (
        <Stack>
          <Text>{t('quitter.texte', { count })}</Text>
          <Button onClick={choose('stay')} data-autofocus>{t('quitter.rester')}</Button>
          <Button variant="default" h="auto" py="xs" styles={{ label: { whiteSpace: 'normal' } }} onClick={choose('keep')}>{t('quitter.garder')}</Button>
          <Button variant="subtle" color="red" onClick={choose('drop')}>{t('quitter.effacer')}</Button>
        </Stack>
      ),
    });
  });
}
