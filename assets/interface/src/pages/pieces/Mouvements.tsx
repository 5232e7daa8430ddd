//! What came in and went out of a part, newest first, and what can be put right of it.

import { Button, Group, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { Section } from '@/ui/Section';
import { confirm } from '@/ui/confirm';
import { Instant, difference, money, number, price } from '@/ui/format';
import { useSave } from '@/ui/save';
import { CorrectPrice } from './Prix';

type Line = Schemas['Mouvement'];

const NOWRAP = { whiteSpace: 'nowrap' } as const;

export function Mouvements({ piece }: { piece: Schemas['Piece'] }) {
  const { t } = useTranslation('pieces');
  const { t: word } = useTranslation('valeurs');
  const runsThePlant = useRunsThePlant();
  const queries = useQueryClient();
  const path = { id: piece.id };
  const lines = useQuery({
    queryKey: ['pieces', piece.id, 'mouvements'],
    queryFn: () => ok(api.GET('/api/v1/pieces/{id}/mouvements', { params: { path, query: { page_size: 50 } } })),
  });
  const undo = useSave(async (mid: number) => {
    await ok(api.POST('/api/v1/pieces/{id}/mouvements/{mid}/annuler', { params: { path: { ...path, mid }, header: once() as object }, body: {} }));
    await queries.invalidateQueries({ queryKey: ['pieces'] });
  });
  const counts = (line: Line) => !line.annule_id && !line.annule_par_id;
  return (
    <Section title={t('mouvements')}>
      {lines.data?.items.length === 0 && <Text c="dimmed">{t('aucun')}</Text>}
      <Table.ScrollContainer minWidth={runsThePlant ? 980 : 560}>
        <Table>
          {runsThePlant && (
            <Table.Thead>
              <Table.Tr>
                {(['date', 'sens', 'quantite', 'cout_unitaire', 'valeur_ligne', 'motif', 'auteur'] as const).map((key) => (
                  <Table.Th key={key} style={NOWRAP} {...(['quantite', 'cout_unitaire', 'valeur_ligne'].includes(key) && { ta: 'end' as const })}>{t(key)}</Table.Th>
                ))}
                <Table.Th aria-label={t('actions')} />
              </Table.Tr>
            </Table.Thead>
          )}
          <Table.Tbody>
            {lines.data?.items.map((line) => (
              <Table.Tr key={line.id}>
                <Table.Td style={NOWRAP}><Instant value={line.date} /></Table.Td>
                <Table.Td style={NOWRAP}>{word(`type_mouvement.${line.type}`)}</Table.Td>
                <Table.Td ta="end" className="tabular" style={NOWRAP}>{line.type !== 'revalorisation' && `${line.variation > 0 ? '+' : ''}${number(line.variation)} ${line.unite}`}</Table.Td>
                {runsThePlant && <Costs line={line} />}
                <Table.Td>{line.intervention_id ? <Link href={`/interventions/${line.intervention_id}`}>{line.intervention_numero}</Link> : line.motif}</Table.Td>
                <Table.Td>{line.auteur}</Table.Td>
                <Table.Td ta="end">
                  {runsThePlant && counts(line) && (
                    <Group gap={4} justify="end" wrap="nowrap">
                      {line.type === 'entree' && <CorrectPrice line={line} />}
                      {!line.inventaire_id && line.type !== 'revalorisation' && (
                        <Button size="compact-md" variant="subtle" color="red" aria-label={`${t('annuler_mouvement')} : ${number(line.variation)}`} disabled={undo.busy} onClick={async () => {
                          if (await confirm({ title: t('annuler_mouvement'), text: t('annuler_mouvement_texte'), action: t('annuler_mouvement') })) void undo.run(line.id);
                        }}>{t('annuler_court')}</Button>
                      )}
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

/** What a unit of a line cost and what it was worth; what was written first, where a corrected price changed it. */
function Costs({ line }: { line: Line }) {
  const { t } = useTranslation('pieces');
  const first = (was: number | null | undefined, now: number | null | undefined, shown: (value: number) => string) =>
    was != null && was !== now && <Text size="sm" c="dimmed">{t('avant_correction', { valeur: shown(was) })}</Text>;
  return (
    <>
      <Table.Td ta="end" className="tabular" style={NOWRAP}>{line.cout_unitaire != null && price(line.cout_unitaire)}{first(line.cout_unitaire_initial, line.cout_unitaire, price)}</Table.Td>
      <Table.Td ta="end" className="tabular" style={NOWRAP}>{line.valeur != null && (line.type === 'revalorisation' ? difference : money)(line.valeur)}{first(line.valeur_initiale, line.valeur, money)}</Table.Td>
    </>
  );
}
