//! Creating and changing a record. When somebody else changed the same meanwhile, both are shown, and the person chooses.

import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { useDraft } from '@/ui/draft';
import { isUnread } from '@/ui/moment/typed';
import { useSave } from '@/ui/save';
import { type Field, FieldInput, type Held, type Values, held, isSame, said } from './fields';

export type Versioned = { version: number };

/**
 * What was changed of a record, against what it was when it was opened. Others' changes to other fields stand, because
 * only this is sent.
 */
export function changes(fields: Field[], before: Values, now: Record<string, Held>): Values {
  const changed = fields.map((field): [string, unknown] => [field.key, said(field, now[field.key] ?? null)]);
  return Object.fromEntries(changed.filter(([key, value]) => !isSame(value, before[key])));
}

export function RecordForm<Row extends Versioned>({ name, fields, row, initial, save, reread, done, label, children }: {
  /** Under which what is typed is kept until it is saved. */
  name: string;
  fields: Field[];
  /** What is changed; without it, one is created. */
  row?: Row;
  /** What a new one begins with. */
  initial?: Values;
  /** Sends a new one whole, or what was changed with the version that it was changed from. */
  save: (body: Values, version: number) => Promise<unknown>;
  /** Reads the record again, when somebody else has changed it. */
  reread?: () => Promise<Row>;
  done: () => void;
  label?: string;
  /** Beside the button that saves. */
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  // What the person began from; taken anew once they have seen what somebody else made of it.
  const [base, setBase] = useState<Values & Versioned>({ version: 0, ...initial, ...row });
  const [theirs, setTheirs] = useState<Values>();
  const form = useForm<Record<string, Held>>({
    initialValues: Object.fromEntries(fields.map((field) => [field.key, held(field, base[field.key])])),
    validate: (values) => Object.fromEntries(fields.flatMap((field) => {
      const value = values[field.key] ?? null;
      if (isUnread(value) && (field.kind === 'day' || field.kind === 'moment')) return [[field.key, t('dates.jour_illisible')]];
      return field.required && said(field, value) === null ? [[field.key, t('fiche.requis')]] : [];
    })),
  });
  const draft = useDraft(form, `${name} ${row ? base.version : ''}`);

  const sending = useSave(async (values: Record<string, Held>) => {
    const body = row ? changes(fields, base, values) : Object.fromEntries(fields.map((field) => [field.key, said(field, values[field.key] ?? null)]).filter(([, value]) => value !== null));
    if (row && Object.keys(body).length === 0) return;
    try {
      await save(body, base.version);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412 || !reread) throw error;
      const now = (await reread()) as Row & Values;
      const mine = new Set(Object.keys(body));
      for (const field of fields) if (!mine.has(field.key)) form.setFieldValue(field.key, held(field, now[field.key]));
      setTheirs(Object.fromEntries(fields.filter(({ key }) => !isSame(now[key], base[key])).map(({ key }) => [key, now[key]])));
      setBase(now);
      return;
    }
    await draft.drop();
    done();
  }, form);

  const submit = form.onSubmit(async (values) => {
    const isUnchanged = row && Object.keys(changes(fields, base, values)).length === 0;
    if (isUnchanged) {
      await draft.drop();
      done();
    } else void sending.run(values);
  });
  const disputed = fields.filter((field) => theirs && field.key in theirs && !isSame(said(field, form.values[field.key] ?? null), theirs[field.key]));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {theirs && (
          <Alert color="orange" title={t('fiche.change_titre')} role="alert">
            <Stack gap="sm">
              <Text>{t(disputed.length ? 'fiche.change_choisir' : 'fiche.change_autre')}</Text>
              {disputed.map((field) => (
                <Group key={field.key} align="end" gap="sm" wrap="nowrap">
                  <div style={{ flex: 1 }}>
                    <FieldInput field={field} label={`${field.label} — ${t('fiche.la_leur')}`} readOnly value={held(field, theirs[field.key])} onChange={() => {}} />
                  </div>
                  <Button variant="default" onClick={() => form.setFieldValue(field.key, held(field, theirs[field.key]))} aria-label={`${t('fiche.prendre_la_leur')} : ${field.label}`}>{t('fiche.prendre_la_leur')}</Button>
                </Group>
              ))}
            </Stack>
          </Alert>
        )}
        {draft.restored && !theirs && (
          <Group gap="xs">
            <Text size="sm">{t('fiche.brouillon')}</Text>
            <Button size="compact-md" variant="subtle" onClick={() => void draft.drop({ again: true })}>{t('fiche.repartir')}</Button>
          </Group>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {fields.map((field) => (
            <div key={field.key} style={field.wide || field.kind === 'area' ? { gridColumn: '1 / -1' } : undefined}>
              <FieldInput field={field} value={form.values[field.key] ?? null} error={form.errors[field.key]} onChange={(value) => form.setFieldValue(field.key, value)} />
            </div>
          ))}
        </SimpleGrid>
        <Group justify="space-between">
          <Group>{children}</Group>
          <Button type="submit" loading={sending.busy}>{theirs ? t('fiche.enregistrer_ainsi') : (label ?? t('enregistrer'))}</Button>
        </Group>
      </Stack>
    </form>
  );
}
