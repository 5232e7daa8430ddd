//! A receipt's price that was typed wrong is put right, and what that changes is said.

import { Button, List, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { difference, price } from '@/ui/format';
import { RecordForm } from '@/ui/record/RecordForm';
import type { Field } from '@/ui/record/fields';

type Line = Schemas['Mouvement'];
type Revalorisation = Schemas['Revalorisation'];

export function CorrectPrice({ line }: { line: Line }) {
  const { t } = useTranslation('pieces');
  const queries = useQueryClient();
  const [open, { open: show, close: hide }] = useDisclosure();
  const [done, setDone] = useState<Revalorisation>();
  const made = useRef<Revalorisation>(undefined);
  const path = { id: line.piece_id, mid: line.id };
  const fields: Field[] = [
    { kind: 'number', key: 'cout_unitaire', label: t('prix_juste'), required: true, decimals: 4, hint: t('prix_saisi', { prix: price(line.cout_unitaire ?? 0) }) },
    { kind: 'text', key: 'motif', label: t('motif'), required: true, wide: true },
  ];
  const begin = () => {
    setDone(undefined);
    show();
  };
  // The lines are read again once what changed was read: this one may have left the page then.
  const close = () => {
    hide();
    if (done) for (const key of ['pieces', 'interventions', 'inventaires']) void queries.invalidateQueries({ queryKey: [key] });
  };
  return (
    <>
      <Button size="compact-md" variant="subtle" onClick={begin}>{t('prix_corriger')}</Button>
      <Modal opened={open} onClose={close} title={t('prix_corriger')} size="lg">
        {done ? <Changed done={done} close={close} /> : (
          <Stack>
            <Text>{t('prix_corriger_texte')}</Text>
            <RecordForm
              name={`/pieces/${line.piece_id}#prix-${line.id}`}
              fields={fields}
              label={t('prix_corriger')}
              save={async (body) => {
                made.current = await ok(api.POST('/api/v1/pieces/{id}/mouvements/{mid}/prix', { params: { path, header: once() as object }, body: body as Schemas['CorrectionPrix'] }));
              }}
              done={() => setDone(made.current)}
            />
          </Stack>
        )}
      </Modal>
    </>
  );
}

/** What a corrected price changed: the stock, and work by number. */
export function Changed({ done, close }: { done: Revalorisation; close: () => void }) {
  const { t } = useTranslation('pieces');
  const more = done.interventions_total - done.interventions.length;
  return (
    <Stack role="status">
      <Text>{t('prix_corrige', { avant: price(done.avant), apres: price(done.apres), stock: difference(done.stock) })}</Text>
      {done.autres !== 0 && <Text>{t('prix_autres', { autres: difference(done.autres) })}</Text>}
      {done.interventions.length === 0 ? <Text>{t('prix_sans_travaux')}</Text> : (
        <>
          <Text>{t('prix_travaux', { nombre: done.interventions_total, travaux: difference(done.travaux) })}</Text>
          <List>
            {done.interventions.map((work) => (
              <List.Item key={work.id}>
                <Link href={`/interventions/${work.id}`}>{work.numero}</Link> <span className="tabular">{difference(work.difference)}</span>{work.validee && ` (${t('prix_validee')})`}
              </List.Item>
            ))}
          </List>
          {more > 0 && <Text>{t('prix_encore', { nombre: more })}</Text>}
        </>
      )}
      <Button onClick={close}>{t('prix_vu')}</Button>
    </Stack>
  );
}
