import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordForm, type Versioned } from './RecordForm';

/** Opens the form of a record in a dialog: to create one, or with `row` to change it. */
export function RecordButton<Row extends Versioned>({ title, text, variant, ...form }: Omit<ComponentProps<typeof RecordForm<Row>>, 'done'> & {
  /** What is created or changed, as the heading of the dialog. */
  title: string;
  text?: string;
  variant?: 'filled' | 'default' | 'light' | 'subtle';
}) {
  const { t } = useTranslation();
  const [open, { open: show, close }] = useDisclosure();
  const Icon = form.row ? IconPencil : IconPlus;
  return (
    <>
      <Button variant={variant ?? (form.row ? 'default' : 'filled')} leftSection={<Icon size={18} />} onClick={show}>{text ?? (form.row ? t('modifier') : title)}</Button>
      <Modal opened={open} onClose={close} title={title} size="lg">
        <RecordForm {...form} done={close} />
      </Modal>
    </>
  );
}
