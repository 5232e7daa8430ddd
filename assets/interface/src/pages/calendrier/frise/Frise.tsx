//! The timeline of the crew: who does what when, and what nobody has yet. What is dragged says what stands against
//! it before it is let go.

import { Badge, Modal, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { direction } from '@/app/langue';
import { confirm } from '@/ui/confirm';
import { TIME, day, duration, span as period, useSites } from '@/ui/format';
import { Loading, Trouble } from '@/ui/states';
import { tell } from '@/ui/toast';
import { Deplacer } from './Deplacer';
import classes from './Frise.module.css';
import { Verdict, useWords } from './Verdict';
import { SCALE, type Vue, axe as axeOf } from './axe';
import { span, useConnu } from './connu';
import { useGlisser } from './glisser';
import { type Movable, usePlacer } from './placer';
import type { Place } from './regles';

type Slot = Schemas['Evenement'];
const MOVABLE: Slot['statut'][] = ['planifie', 'attente_pieces'];

export function Frise({ vue, first, zone }: { vue: Vue; first: string; zone: string }) {
  const { t } = useTranslation('calendrier');
  const queries = useQueryClient();
  const axe = useMemo(() => axeOf(vue, first, zone), [vue, first, zone]);
  const { people, calendar, hours, against } = useConnu(axe);
  const placer = usePlacer();
  const sites = useSites();
  const zoneOf = (site: number | null | undefined) => sites.data?.find(({ id }) => id === site)?.fuseau ?? zone;
  const words = useWords();
  const [asked, setAsked] = useState<{ item: Movable; first: Partial<Place> } | null>(null);
  const waiting = useQuery({
    queryKey: ['interventions', 'sans_technicien'],
    queryFn: () => ok(api.GET('/api/v1/interventions/', { params: { query: { statut: ['planifie'], sans_technicien: true, page_size: 50, tri: 'date_limite' } } })),
  });
  const detail = (id: number) => ({ queryKey: ['interventions', id], queryFn: () => ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id } } })), staleTime: 30_000 });

  const drop = async (item: Movable, place: Place) => {
    const { competences_requises } = await queries.fetchQuery(detail(item.intervention));
    const found = against(place, item.affectation, competences_requises);
    if (found.some(({ kind }) => kind !== 'hors_horaire')) {
      tell({ color: 'red', title: t('pas_ici', { numero: item.numero }), message: words(found) });
      return;
    }
    const forced = found.length > 0;
    if (forced && !(await confirm({ title: t('obstacle.hors_horaire'), text: t('hors_horaire_texte'), action: t('placer_quand_meme'), danger: false }))) return;
    await placer.run(item, place, forced);
  };
  const { dragged, begin } = useGlisser<Movable>(axe, (item, place) => void drop(item, place));
  const lifted = useQuery({ ...detail(dragged?.item.intervention ?? 0), enabled: dragged !== null });
  const found = dragged?.place ? against(dragged.place, dragged.item.affectation, lifted.data?.competences_requises ?? []) : [];

  const frame = useRef<HTMLDivElement>(null);
  // What waits stands above the timeline, and is there before it: nothing moves under a hand that aims.
  const isShown = !!people.data && !!calendar.data && !waiting.isLoading;
  useEffect(() => {
    // The working day comes first into sight.
    const side = direction() === 'rtl' ? -1 : 1;
    frame.current?.scrollTo({ left: side * 6 * SCALE[vue] });
  }, [vue, isShown]);

  if (!isShown || !people.data || !calendar.data) {
    const error = people.error ?? calendar.error;
    return error ? <Trouble error={error} retry={() => void Promise.all([people.refetch(), calendar.refetch()])} /> : <Loading />;
  }
  const holiday = (date: string) => calendar.data.jours_feries.find((ferie) => ferie.date === date)?.nom;
  const place = ({ debut, fin }: { debut: number; fin: number }, there = zone) => {
    const from = Math.max(0, axe.at(debut, there));
    return { insetInlineStart: from, width: Math.max(4, Math.min(axe.width, axe.at(fin, there)) - from) };
  };
  /** A day of somebody's is told by the clock where they work that day; by the plant's where nothing says another. */
  const zoneOfPerson = (id: number) => zoneOf(calendar.data.items.find((slot) => slot.technicien_id === id && slot.site_id != null)?.site_id);
  const hourMarks = vue === 'jour' ? Array.from({ length: 24 }, (_, hour) => hour) : [];
  const isNow = axe.at(Date.now()) > 0 && axe.at(Date.now()) < axe.width;

  return (
    <Stack gap="sm">
      {(waiting.data?.items.length ?? 0) > 0 && (
        <section aria-label={t('a_placer')}>
          <Text fw={600} mb={4}>{t('a_placer')} <Badge variant="default">{waiting.data!.total}</Badge></Text>
          <div className={classes.tray} tabIndex={0} role="group" aria-label={t('a_placer')}>
            {waiting.data!.items.map((one) => {
              const item: Movable = { intervention: one.id, numero: one.numero, titre: one.titre, affectation: null, length: (one.duree_estimee_min ?? 60) * 60_000, zone: zoneOf(one.site_id) };
              return (
                <button
                  key={one.id}
                  type="button"
                  className={classes.card}
                  data-dragged={dragged?.item.intervention === one.id || undefined}
                  onPointerDown={(event) => begin(event, item, item.length, 4)}
                  onClick={() => setAsked({ item, first: {} })}
                >
                  <Text size="sm" fw={600} lineClamp={2} component="span">{one.titre}</Text>
                  <Text size="xs" c="dimmed" truncate component="span" display="block">{one.equipement_code} · {duration(item.length / 60_000)}</Text>
                </button>
              );
            })}
          </div>
        </section>
      )}
      <div ref={frame} className={classes.frame} data-frise tabIndex={0} role="region" aria-label={t('frise')}>
        <div className={classes.grid}>
          <div className={classes.corner} />
          <div className={classes.head} style={{ width: axe.width }}>
            {vue === 'jour'
              ? hourMarks.map((hour) => <span key={hour} className="tabular" style={{ width: SCALE.jour }}>{String(hour).padStart(2, '0')}:00</span>)
              : axe.days.map((date) => <span key={date} style={{ width: 24 * SCALE.semaine }}>{day(date, { weekday: 'long', day: 'numeric', month: 'short' })} {holiday(date) && `· ${holiday(date)}`}</span>)}
          </div>
          {people.data.map((person) => (
            <Fragment key={person.id}>
              <div className={classes.who}><Text size="sm" fw={600} truncate>{person.nom}</Text><Text size="xs" c="dimmed" truncate>{person.equipe}</Text></div>
              <div className={classes.row} data-technicien={person.id} style={{ width: axe.width }} role="list" aria-label={person.nom}>
                {hours.get(person.id)?.map((free) => <div key={free.debut} className={classes.free} style={place(free, zoneOfPerson(person.id))} />)}
                {axe.days.slice(1).map((date, index) => <div key={date} className={classes.line} style={{ insetInlineStart: (index + 1) * 24 * SCALE[vue] }} />)}
                {hourMarks.map((hour) => <div key={hour} className={classes.line} style={{ insetInlineStart: hour * SCALE.jour }} />)}
                {isNow && <div className={classes.now} style={{ insetInlineStart: axe.at(Date.now()) }} />}
                {calendar.data.items.filter((slot) => slot.technicien_id === person.id && slot.type !== 'echeance').map((slot) => (
                  <Block
                    key={`${slot.type}-${slot.affectation_id ?? slot.absence_id}`}
                    slot={slot}
                    zone={zoneOf(slot.site_id)}
                    style={place(span(slot), slot.site_id != null ? zoneOf(slot.site_id) : zoneOfPerson(person.id))}
                    isDragged={dragged?.item.affectation === slot.affectation_id && slot.affectation_id != null}
                    begin={(event, item) => begin(event, item, item.length, grabOf(event))}
                    ask={(item) => setAsked({ item, first: { technicien: person.id, debut: Date.parse(slot.debut) } })}
                  />
                ))}
                {dragged?.place?.technicien === person.id && <div className={classes.ghost} data-against={found.length > 0 || undefined} style={place(dragged.place, dragged.item.zone)} />}
              </div>
            </Fragment>
          ))}
        </div>
      </div>
      {dragged?.place && (
        <Verdict className={classes.verdict} place={dragged.place} zone={dragged.item.zone} against={found} nom={people.data.find(({ id }) => id === dragged.place!.technicien)?.nom ?? ''} />
      )}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={asked?.item.numero}>
        {asked && <Deplacer item={asked.item} first={asked.first} people={people.data} against={against} done={() => setAsked(null)} />}
      </Modal>
    </Stack>
  );
}

/** How far from its start a block was taken hold of. */
function grabOf(event: React.PointerEvent): number {
  const { left, right } = event.currentTarget.getBoundingClientRect();
  return direction() === 'rtl' ? right - event.clientX : event.clientX - left;
}

function Block({ slot, zone, style, isDragged, begin, ask }: {
  slot: Slot;
  zone: string;
  style: React.CSSProperties;
  isDragged: boolean;
  begin: (event: React.PointerEvent, item: Movable) => void;
  ask: (item: Movable) => void;
}) {
  const { t } = useTranslation('calendrier');
  const [, go] = useLocation();
  if (slot.type === 'absence' || slot.intervention_id == null) {
    return <div role="listitem" className={`${classes.block} ${classes.absence}`} style={style} title={slot.titre}>{slot.titre}</div>;
  }
  const { debut, fin } = span(slot);
  const item: Movable = { intervention: slot.intervention_id, numero: slot.numero ?? '', titre: slot.titre, affectation: slot.affectation_id ?? null, length: fin - debut, zone };
  const isMovable = MOVABLE.includes(slot.statut);
  return (
    <div role="listitem" style={{ display: 'contents' }}>
      <button
        type="button"
        className={classes.block}
        style={style}
        title={`${item.numero} · ${slot.titre}, ${period(slot.debut, slot.fin, zone, TIME)}${isMovable ? '' : ` — ${t('fixe')}`}`}
        data-movable={isMovable || undefined}
        data-done={slot.statut === 'termine' || undefined}
        data-dragged={isDragged || undefined}
        onPointerDown={(event) => isMovable && begin(event, item)}
        onClick={() => (isMovable ? ask(item) : go(`/interventions/${item.intervention}`))}
      >
        <b>{item.numero.slice(-4)}</b> {slot.titre}<br />{slot.equipement_code}
      </button>
    </div>
  );
}
