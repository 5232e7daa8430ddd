import { Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useIsPhone } from '@/ui/phone';

/** A form over the page; on a phone it takes all of the window. */
export function Formulaire({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const isPhone = useIsPhone();
  return (
    <Modal opened onClose={close} title={title} fullScreen={isPhone} size="lg" transitionProps={{ duration: 0 }}>
      <Stack>{children}</Stack>
    </Modal>
  );
}
