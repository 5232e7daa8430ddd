//! What an intervention costs: time, parts, and services bought outside.

import { ActionIcon, Group, Stack, Table, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, once } from '@/api/client';
import { Facts } from '@/ui/Facts';
import { Section } from '@/ui/Section';
import { confirm } from '@/ui/confirm';
import { day, money } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';

export function Couts({ intervention: id }: { intervention: number }) {
  const { t } = useTranslation('intervention');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const path = { id };
  const { data } = useQuery({ queryKey: ['interventions', id, 'couts'], queryFn: () => ok(api.GET('/api/v1/interventions/{id}/couts', { params: { path } })) });
  const services = useQuery({ queryKey: ['interventions', id, 'prestations'], queryFn: () => ok(api.GET('/api/v1/interventions/{id}/prestations', { params: { path, query: { page_size: 100 } } })) });
  const reread = () => queries.invalidateQueries({ queryKey: ['interventions', id] });
  const remove = useSave(async (prestation: number) => {
    await ok(api.DELETE('/api/v1/interventions/{id}/prestations/{prestation}', { params: { path: { id, prestation } } }));
    await reread();
  });
  return (
    <Section
      title={t('couts')}
      actions={(
        <RecordButton
          name={`/interventions/${id}/prestation`}
          title={t('nouvelle_prestation')}
          variant="light"
          fields={[
            { kind: 'text', key: 'designation', label: t('prestation'), required: true, wide: true },
            { kind: 'number', key: 'montant', label: t('montant'), required: true, decimals: 2 },
            { kind: 'text', key: 'fournisseur', label: t('fournisseur') },
            { kind: 'day', key: 'date', label: t('date') },
          ]}
          save={async (body) => {
            await ok(api.POST('/api/v1/interventions/{id}/prestations', { params: { path, header: once() as object }, body: body as Schemas['NewPrestation'] }));
            await reread();
          }}
        />
      )}
    >
      {data && <Facts cols={4} facts={[[t('cout_temps'), money(data.main_d_oeuvre)], [t('cout_pieces'), money(data.pieces)], [t('cout_prestations'), money(data.prestations)], [t('cout'), <Text key="t" span fw={600}>{money(data.total)}</Text>]]} />}
      {(services.data?.items.length ?? 0) > 0 && (
        <Table.ScrollContainer minWidth={460}>
          <Table>
            <Table.Tbody>
              {services.data!.items.map((service) => (
                <Table.Tr key={service.id}>
                  <Table.Td>{day(service.date)}</Table.Td>
                  <Table.Td><Stack gap={0}>{service.designation}{service.fournisseur && <Text size="sm" c="dimmed">{service.fournisseur}</Text>}</Stack></Table.Td>
                  <Table.Td ta="end" className="tabular">{money(service.montant)}</Table.Td>
                  <Table.Td w={60}>
                    <Group justify="end">
                      <ActionIcon color="red" aria-label={`${common('supprimer')} : ${service.designation}`} onClick={async () => {
                        if (await confirm({ title: service.designation, text: t('supprimer_prestation'), action: common('supprimer') })) void remove.run(service.id);
                      }}><IconTrash size={18} /></ActionIcon>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}
