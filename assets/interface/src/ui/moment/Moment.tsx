//! A day, or a day and an hour, typed or picked. What was typed is kept, or said to be unreadable; nothing is put right unasked.

import { Group, Input, Popover, type StyleProp, TextInput } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import '@mantine/dates/styles.css';
import dayjs from 'dayjs';
import { type FocusEvent, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { boxes, isUnread, moment, readDay, readHour, written } from './typed';

type Common = {
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  readOnly?: boolean;
  clearable?: boolean;
  /** The last day that the calendar offers, `2026-02-17`. */
  maxDay?: string;
  onFocus?: (event: FocusEvent<HTMLInputElement>) => void;
  onBlur?: (event: FocusEvent<HTMLInputElement>) => void;
  /** Where a form looks for the field that it refuses. */
  'data-path'?: string;
};

type Field = Common & {
  /** As `typed.ts` describes it: a day or a moment, `?…` for what cannot be read, or nothing. */
  value: string | null;
  onChange: (value: string | null) => void;
  w?: StyleProp<React.CSSProperties['width']>;
};

const today = () => dayjs().format('YYYY-MM-DD');

export function DayInput({ value, onChange, onBlur, error, w, ...rest }: Field) {
  const { t } = useTranslation();
  const [typing, setTyping] = useState(false);
  const wrong = isUnread(value);
  return (
    <DayBox
      {...rest}
      w={w}
      text={wrong ? value!.slice(1) : value ? written(value.slice(0, 10)) : ''}
      error={wrong && !typing ? t('dates.jour_illisible') : error}
      onBlur={(event) => {
        setTyping(false);
        onBlur?.(event);
      }}
      onText={(text) => {
        setTyping(true);
        onChange(text.trim() ? readDay(text, today()) ?? `?${text}` : null);
      }}
    />
  );
}

export function MomentInput({ value, onChange, error, w, readOnly, ...rest }: Field) {
  const { t } = useTranslation();
  const [[day, hour], setTyped] = useState(() => boxes(value));
  const [left, setLeft] = useState(true);
  const [typing, setTyping] = useState<'day' | 'hour' | null>(null);
  // Another value from outside (a slot that was chosen, a draft, a field emptied) takes the place of what was typed.
  useEffect(() => {
    setTyped((typed) => (moment(...typed, today()) === value ? typed : boxes(value)));
  }, [value]);
  const type = (day: string, hour: string) => {
    setTyped([day, hour]);
    onChange(moment(day, hour, today()));
  };
  const [noDay, noHour] = [!day.trim(), !hour.trim()];
  // While something is being typed it is not yet wrong, unless the form was sent so.
  const isShown = left || Boolean(error);
  const wrongDay = noDay ? isShown && !noHour && t('dates.jour_requis') : typing !== 'day' && readDay(day, today()) === null && t('dates.jour_illisible');
  const wrongHour = noHour ? isShown && !noDay && t('dates.heure_requise') : typing !== 'hour' && readHour(hour) === null && t('dates.heure_illisible');
  return (
    <Group
      gap="xs"
      align="start"
      wrap="nowrap"
      w={w}
      onFocus={() => setLeft(false)}
      onBlur={({ currentTarget, relatedTarget }) => setLeft(!currentTarget.contains(relatedTarget))}
    >
      <DayBox {...rest} readOnly={readOnly} text={day} onBlur={() => setTyping(null)} error={wrongDay || (wrongHour ? undefined : error)} onText={(text) => {
        setTyping('day');
        type(text, hour);
      }} />
      <TextInput
        label={t('dates.heure')}
        aria-label={`${rest.label} : ${t('dates.heure')}`}
        value={hour}
        error={wrongHour}
        readOnly={readOnly}
        w={96}
        autoComplete="off"
        inputMode="numeric"
        placeholder="hh:mm"
        inputWrapperOrder={ORDER}
        onChange={({ currentTarget }) => {
          setTyping('hour');
          type(day, currentTarget.value);
        }}
        onBlur={() => {
          setTyping(null);
          const read = readHour(hour);
          if (read !== null && read !== hour) type(day, read);
        }}
      />
    </Group>
  );
}

/** The boxes of one row stand on one line, whatever is written under them. */
const ORDER: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

/** The box of a day: text, with a calendar to pick from. */
function DayBox({ text, onText, maxDay, clearable, readOnly, onFocus, onBlur, w, ...rest }: Common & {
  text: string;
  onText: (text: string) => void;
  w?: Field['w'];
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const read = readDay(text, today());
  const [shown, setShown] = useState(read ?? today());
  useEffect(() => {
    if (read) setShown(read);
  }, [read]);
  return (
    <Popover opened={open && !readOnly} position="bottom-start" trapFocus={false} withRoles={false}>
      <Popover.Target>
        <TextInput
          {...rest}
          w={w}
          style={w === undefined ? { flex: 1, minWidth: 0 } : undefined}
          value={text}
          readOnly={readOnly}
          autoComplete="off"
          placeholder={t('dates.forme')}
          inputWrapperOrder={ORDER}
          rightSection={clearable && text && !readOnly && <Input.ClearButton aria-label={t('effacer')} onClick={() => onText('')} />}
          onChange={({ currentTarget }) => onText(currentTarget.value)}
          onClick={() => setOpen(true)}
          onKeyDown={({ key }) => key === 'Escape' && setOpen(false)}
          onFocus={(event) => {
            setOpen(true);
            onFocus?.(event);
          }}
          onBlur={(event) => {
            setOpen(false);
            if (read && written(read) !== text) onText(written(read));
            onBlur?.(event);
          }}
        />
      </Popover.Target>
      <Popover.Dropdown data-dates-dropdown onMouseDown={(event) => event.preventDefault()}>
        <DatePicker
          value={read}
          date={shown}
          onDateChange={setShown}
          maxDate={maxDay}
          onChange={(day) => {
            if (day) onText(written(day));
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
