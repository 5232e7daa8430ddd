//! Work orders on paper, a page each, for whoever goes to the machine without a screen.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { SHORT, duration, instant, useSites } from '@/ui/format';
import { tell } from '@/ui/toast';
import classes from './Bons.module.css';

type Order = { work: Schemas['InterventionDetail']; machine: Schemas['Equipement']; steps: Schemas['Element'][] };

async function sheet(id: number): Promise<Order> {
  const work = await ok(api.GET('/api/v1/interventions/{id}', { params: { path: { id } } }));
  const [machine, checklist] = await Promise.all([
    ok(api.GET('/api/v1/equipements/{id}', { params: { path: { id: work.equipement_id } } })),
    work.gamme_id ? ok(api.GET('/api/v1/interventions/{id}/checklist', { params: { path: { id } } })) : null,
  ]);
  return { work, machine, steps: checklist?.operations ?? [] };
}

/** Reads the sheets, prints them, and is `done`. */
export function Bons({ ids, done }: { ids: number[]; done: () => void }) {
  const { t } = useTranslation('interventions');
  const { t: common } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ['interventions', 'bons', ids],
    queryFn: async () => {
      const sheets: Order[] = [];
      for (const id of ids) sheets.push(await sheet(id));
      return sheets;
    },
    gcTime: 0,
    staleTime: Infinity,
    meta: { kept: false },
  });
  const printed = useRef(false);
  const finish = useRef(done);
  finish.current = done;
  useEffect(() => {
    if (!data || printed.current) return;
    printed.current = true;
    window.print();
    finish.current();
  }, [data]);
  useEffect(() => {
    if (!error) return;
    tell({ color: 'red', title: common('erreur.titre'), message: error.message });
    finish.current();
  }, [error, common]);

  if (!data) return null;
  return createPortal(
    <div className={classes.sheets} aria-label={t('bon.titre')}>
      {data.map((sheet) => <Bon key={sheet.work.id} {...sheet} />)}
    </div>,
    document.body,
  );
}

/** The sheet of the work that a page shows, in the place of the page on paper, by whatever way it is printed. */
export function Sheet({ work }: { work: Schemas['InterventionDetail'] }) {
  const { t } = useTranslation('interventions');
  const machine = useQuery({
    queryKey: ['equipements', work.equipement_id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}', { params: { path: { id: work.equipement_id } } })),
  });
  const checklist = useQuery({
    queryKey: ['interventions', work.id, 'checklist'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/checklist', { params: { path: { id: work.id } } })),
    enabled: work.gamme_id != null,
  });
  // Half of a work order is none.
  if (!machine.data || (work.gamme_id != null && !checklist.data)) return null;
  return createPortal(
    <div className={classes.sheets} aria-label={t('bon.titre')}><Bon work={work} machine={machine.data} steps={checklist.data?.operations ?? []} /></div>,
    document.body,
  );
}

function Bon({ work, machine, steps }: Order) {
  const { t } = useTranslation('interventions');
  const { t: word } = useTranslation('valeurs');
  const sites = useSites();
  const site = sites.data?.find(({ id }) => id === work.site_id);
  const at = (value: string | null | undefined) => (value && site ? instant(value, site.fuseau, SHORT) : '—');
  const people = work.affectations.filter(({ liberee }) => !liberee);
  const facts: [string, string][] = [
    [t('champ.equipement'), `${machine.code} · ${machine.nom}`],
    [t('champ.site'), [site?.nom, machine.localisation].filter(Boolean).join(' · ')],
    [t('champ.type'), word(`type_intervention.${work.type_intervention}`)],
    [t('champ.priorite'), word(`priorite.${work.priorite}`)],
    [t('champ.statut'), word(`statut.${work.statut}`)],
    [t('champ.limite'), at(work.date_limite)],
    [t('champ.technicien'), work.technicien_nom ?? '—'],
    [t('champ.duree'), work.duree_estimee_min ? duration(work.duree_estimee_min) : '—'],
  ];
  return (
    <section className={classes.sheet}>
      <header className={classes.head}>
        <h1>{work.titre}</h1>
        <span className={classes.number}>{work.numero}</span>
      </header>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {people.length > 0 && (
        <>
          <h2>{t('bon.creneaux')}</h2>
          {people.map((slot) => <p key={slot.id}>{slot.technicien_nom} ({word(`role_affectation.${slot.role}`)}) : {at(slot.debut)} – {at(slot.fin)}</p>)}
        </>
      )}
      {work.competences_requises.length > 0 && (
        <>
          <h2>{t('bon.competences')}</h2>
          <p>{work.competences_requises.map(({ nom, niveau }) => t('bon.competence', { nom, niveau })).join(' ; ')}</p>
        </>
      )}
      {work.arret_equipement && <p><strong>{t('champ.arret')}</strong></p>}
      {(work.description || work.symptome) && (
        <>
          <h2>{t('champ.description')}</h2>
          <p>{[work.description, work.symptome].filter((text, place, all) => text && all.indexOf(text) === place).join('\n')}</p>
        </>
      )}
      {steps.length > 0 && (
        <>
          <h2>{t('bon.operations')}</h2>
          <table className={classes.steps}>
            <tbody>
              {steps.map((step) => (
                <tr key={step.id}>
                  <td>{step.type === 'case' ? '☐' : step.rang}</td>
                  <td>{step.libelle}{step.obligatoire ? ' *' : ''}</td>
                  <td>{[step.unite, step.min != null || step.max != null ? `${step.min ?? ''} … ${step.max ?? ''}` : null].filter(Boolean).join(' ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h2>{t('champ.compte_rendu')}</h2>
      {work.compte_rendu ? <p>{work.compte_rendu}</p> : <div className={classes.lines} />}
      <div className={classes.signatures}>
        <div>{t('bon.temps_passe')}</div>
        <div>{t('bon.signature_technicien')}</div>
        <div>{t('bon.signature_client')}</div>
      </div>
    </section>
  );
}
