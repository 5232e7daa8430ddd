//! Parts: set aside, awaited, taken.

import { Button, Group, NumberInput, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { Section } from '@/ui/Section';
import { PieceSelect } from '@/ui/RemoteSelect';
import { Word } from '@/ui/badges';
import { number } from '@/ui/format';
import { useSave } from '@/ui/save';

export function Pieces({ intervention, canAsk, canTake, canReturn }: {
  intervention: Schemas['InterventionDetail'];
  canAsk: boolean;
  canTake: boolean;
  canReturn: boolean;
}) {
  const { t } = useTranslation('intervention');
  const { t: word } = useTranslation('valeurs');
  const queries = useQueryClient();
  const { id } = intervention;
  const asked = useQuery({
    queryKey: ['interventions', id, 'pieces'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/pieces', { params: { path: { id }, query: { page_size: 100 } } })),
  });
  const taken = useQuery({
    queryKey: ['interventions', id, 'mouvements'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/mouvements', { params: { path: { id }, query: { page_size: 100 } } })),
  });
  const [piece, setPiece] = useState<number | null>(null);
  const [quantite, setQuantite] = useState(1);
  const reread = async () => {
    setPiece(null);
    setQuantite(1);
    await Promise.all([queries.invalidateQueries({ queryKey: ['interventions'] }), queries.invalidateQueries({ queryKey: ['pieces'] })]);
  };
  const move = useSave(async (type: 'sortie' | 'retour', piece: number, quantite: number) => {
    const params = { path: { id: piece }, header: once() as object };
    await ok(api.POST('/api/v1/pieces/{id}/mouvements', { params, body: { type, quantite, intervention_id: id } }));
    await reread();
  });
  const ask = useSave(async () => {
    await ok(api.POST('/api/v1/interventions/{id}/pieces', { params: { path: { id }, header: once() as object }, body: { piece_id: piece!, quantite } }));
    await reread();
  });
  const free = useSave(async (rid: number) => {
    await ok(api.DELETE('/api/v1/interventions/{id}/pieces/{rid}', { params: { path: { id, rid } } }));
    await reread();
  });
  const open = (asked.data?.items ?? []).filter((line) => line.statut === 'attendue' || line.statut === 'reservee');
  const lines = taken.data?.items ?? [];
  return (
    <Section title={t('pieces')}>
      {open.length === 0 && lines.length === 0 && <Text c="dimmed">{t('aucune_piece')}</Text>}
      {open.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Tbody>
              {open.map((line) => (
                <Table.Tr key={line.id}>
                  <Table.Td><Link href={`/pieces/${line.piece_id}`}>{line.reference}</Link> {line.designation}</Table.Td>
                  <Table.Td className="tabular">{number(line.demandee)} {line.unite}</Table.Td>
                  <Table.Td><Word color={line.statut === 'attendue' ? 'orange' : 'teal'}>{word(`statut_reservation.${line.statut}`)}</Word> {line.emplacement}</Table.Td>
                  <Table.Td ta="end">
                    {canAsk && (
                      <Group gap={4} justify="end" wrap="nowrap">
                        {line.reservee > 0 && <Button size="compact-md" variant="light" onClick={() => void move.run('sortie', line.piece_id, line.reservee)}>{t('prendre')}</Button>}
                        <Button size="compact-md" variant="subtle" onClick={() => void free.run(line.id)}>{t('liberer')}</Button>
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {lines.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Tbody>
              {lines.map((line) => (
                <Table.Tr key={line.id}>
                  <Table.Td><Link href={`/pieces/${line.piece_id}`}>{line.reference}</Link> {line.designation}</Table.Td>
                  <Table.Td className="tabular">{number(line.quantite)} {line.unite}</Table.Td>
                  <Table.Td>{word(`type_mouvement.${line.type}`)}</Table.Td>
                  <Table.Td ta="end">{canReturn && line.type === 'sortie' && !line.annule_par_id && <Button size="compact-md" variant="subtle" onClick={() => void move.run('retour', line.piece_id, line.quantite)}>{t('rendre')}</Button>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {canTake && (
        <Group align="end" gap="sm" className="no-print">
          <PieceSelect label={t('piece')} value={piece} onChange={setPiece} clearable w={{ base: '100%', sm: 340 }} />
          <NumberInput label={t('quantite')} value={quantite} min={0.001} decimalScale={3} onChange={(value) => setQuantite(Number(value) || 1)} w={120} />
          <Button disabled={piece === null} loading={move.busy} onClick={() => void move.run('sortie', piece!, quantite)}>{t('prendre')}</Button>
          {canAsk && <Button variant="light" disabled={piece === null} loading={ask.busy} onClick={() => void ask.run()}>{t('demander_piece')}</Button>}
        </Group>
      )}
    </Section>
  );
}
