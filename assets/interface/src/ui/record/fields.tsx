//! The fields of a record by description, each in the control that fits it.

import { Autocomplete, MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';
import type { ComponentProps, ComponentType } from 'react';
import type { EquipementSelect } from '@/ui/RemoteSelect';
import { DayInput, MomentInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { toCivil, toInstant } from '@/ui/zones';

export type Choice = { value: string; label: string };

export type Field = {
  /** As the API calls it. */
  key: string;
  label: string;
  required?: boolean;
  hint?: string;
  /** Takes the whole width of the form. */
  wide?: boolean;
} & (
  | { kind: 'email' | 'tel' | 'area' | 'day' | 'switch' }
  /** One line; `known` are offered, others may be written. */
  | { kind: 'text'; known?: string[] }
  | { kind: 'number'; decimals?: number; min?: number; max?: number }
  /** One of these; `ids` when the API takes numbers. */
  | { kind: 'choice'; choices: Choice[]; ids?: boolean }
  | { kind: 'many'; choices: Choice[]; ids?: boolean }
  /** Words that somebody writes, some of them known. */
  | { kind: 'tags'; known?: string[] }
  /** One of many that the server finds. */
  | { kind: 'pick'; pick: ComponentType<ComponentProps<typeof EquipementSelect>> }
  /** An instant, entered as the clock on the wall of that zone shows it. */
  | { kind: 'moment'; zone: string }
);

/** What a control holds: text for what is chosen, also where the API takes a number. */
export type Held = string | number | boolean | string[] | null;
export type Values = Record<string, unknown>;

/** Of the API's value, what its control holds. */
export function held(field: Field, value: unknown): Held {
  if (value === null || value === undefined) {
    if (field.kind === 'switch') return false;
    if (field.kind === 'many' || field.kind === 'tags') return [];
    return ['day', 'moment', 'pick', 'choice'].includes(field.kind) ? null : '';
  }
  if (field.kind === 'choice') return String(value);
  if (field.kind === 'many') return (value as unknown[]).map(String);
  return value as Held;
}

/** Of what a control holds, the API's value. */
export function said(field: Field, value: Held): unknown {
  if (typeof value === 'string') {
    const trimmed = value.trim();
    if (!trimmed) return null;
    return field.kind === 'choice' && field.ids ? Number(trimmed) : trimmed;
  }
  if (Array.isArray(value) && field.kind === 'many' && field.ids) return value.map(Number);
  return value;
}

/** Two values of the API that mean the same. */
export const isSame = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The control of a field. Read only, it shows what somebody else wrote. */
export function FieldInput({ field, value, error, readOnly = false, onChange, label = field.label }: {
  field: Field;
  value: Held;
  error?: React.ReactNode;
  readOnly?: boolean;
  onChange: (value: Held) => void;
  label?: string;
}) {
  const common = { label, error, required: field.required && !readOnly, readOnly, ...(field.hint && !readOnly && { description: field.hint }) };
  const text = { ...common, value: String(value ?? ''), onChange: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value) };
  switch (field.kind) {
    case 'text': return field.known
      ? <Autocomplete {...common} size="md" data={field.known} value={String(value ?? '')} onChange={onChange} />
      : <TextInput {...text} />;
    case 'email': return <TextInput type="email" {...text} />;
    case 'tel': return <TextInput type="tel" {...text} />;
    case 'area': return <Textarea {...text} />;
    case 'number': return <NumberInput {...common} value={value as number | ''} onChange={(value) => onChange(value)} decimalScale={field.decimals ?? 0} min={field.min ?? 0} {...(field.max !== undefined && { max: field.max })} />;
    case 'day': return <DayInput {...common} clearable={!field.required} value={value as string | null} onChange={onChange} />;
    case 'moment': return (
      <MomentInput
        {...common}
        clearable={!field.required}
        value={value && !isUnread(value) ? toCivil(value as string, field.zone) : (value as string | null)}
        onChange={(civil) => onChange(civil && !isUnread(civil) ? toInstant(civil, field.zone) : civil)}
      />
    );
    case 'switch': return <Switch size="md" label={label} error={error} disabled={readOnly} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />;
    case 'choice': return <Select {...common} searchable={field.choices.length > 8 && !readOnly} clearable={!field.required && !readOnly} allowDeselect={!field.required} data={field.choices} value={value as string | null} onChange={onChange} />;
    case 'many': return <MultiSelect {...common} size="md" searchable clearable={!readOnly} data={field.choices} value={value as string[]} onChange={onChange} />;
    case 'tags': return <TagsInput {...common} size="md" clearable={!readOnly} data={field.known ?? []} value={value as string[]} onChange={onChange} />;
    case 'pick': return <field.pick {...common} clearable={!field.required && !readOnly} value={value as number | null} onChange={onChange} />;
  }
}
