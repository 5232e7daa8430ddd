//! What to order, supplier by supplier: below its minimum, or awaited by a job.

import { Anchor, Button, Stack, Table, Text } from '@mantine/core';
import { IconCircleCheck, IconDownload, IconMail, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { langue } from '@/app/langue';
import { Links } from '@/ui/Links';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { money, number } from '@/ui/format';
import { type Cell, download, line } from '@/ui/list/csv';
import { Empty, Loading, Trouble } from '@/ui/states';
import { useBeside } from './beside';

type Groupe = Schemas['GroupeACommander'];

export default function ACommander() {
  const { t } = useTranslation('magasin');
  const { t: common } = useTranslation();
  const beside = useBeside();
  const { data, error, refetch } = useQuery({ queryKey: ['pieces', 'a-commander'], queryFn: () => ok(api.GET('/api/v1/pieces/a-commander')) });
  const suppliers = useQuery({
    queryKey: ['fournisseurs', 'tous'],
    queryFn: async () => (await ok(api.GET('/api/v1/fournisseurs/', { params: { query: { page_size: 200 } } }))).items,
  });
  const addressOf = ({ fournisseur_id }: Groupe) => suppliers.data?.find(({ id }) => id === fournisseur_id)?.email;
  const save = () => {
    const rows: Cell[][] = [
      [t('fournisseur'), t('reference'), t('designation'), t('commander'), t('unite'), t('montant')],
      ...data!.groupes.flatMap((group) => group.lignes.map((one) => [group.fournisseur_nom, one.reference, one.designation, one.quantite_proposee, one.unite, one.montant])),
    ];
    download(`${t('a_commander')}.csv`, rows.map((cells) => line(cells, langue() === 'en' ? '.' : ',')));
  };
  return (
    <Stack>
      <PageHead title={t('a_commander')}>
        {data && data.groupes.length > 0 && (
          <>
            <Button variant="default" leftSection={<IconDownload size={18} />} onClick={save}>{common('exporter')}</Button>
            <Button variant="default" leftSection={<IconPrinter size={18} />} onClick={() => window.print()}>{common('imprimer')}</Button>
          </>
        )}
      </PageHead>
      <Links links={beside} />
      {!data && (error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />)}
      {data?.groupes.length === 0 && <Empty icon={IconCircleCheck} title={t('rien_a_commander')} text={t('rien_a_commander_texte')} />}
      {data?.groupes.map((group) => (
        <Section
          key={group.fournisseur_id ?? 0}
          title={group.fournisseur_nom ?? t('sans_fournisseur')}
          actions={addressOf(group) && <Button component="a" href={letter(addressOf(group)!, t('commande_objet'), group)} variant="light" leftSection={<IconMail size={18} />}>{t('ecrire')}</Button>}
        >
          <Table.ScrollContainer minWidth={640}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('reference')}</Table.Th><Table.Th>{t('designation')}</Table.Th><Table.Th ta="end">{t('disponible')}</Table.Th>
                  <Table.Th ta="end">{t('attendue')}</Table.Th><Table.Th ta="end">{t('seuil')}</Table.Th><Table.Th ta="end">{t('commander')}</Table.Th><Table.Th ta="end">{t('montant')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {group.lignes.map((line) => (
                  <Table.Tr key={line.piece_id}>
                    <Table.Td><Anchor component={Link} href={`/pieces/${line.piece_id}`}>{line.reference}</Anchor></Table.Td>
                    <Table.Td>{line.designation}</Table.Td>
                    <Table.Td ta="end" className="tabular">{number(line.stock - line.reserve)}</Table.Td>
                    <Table.Td ta="end" className="tabular">{number(line.attendue)}</Table.Td>
                    <Table.Td ta="end" className="tabular">{number(line.seuil_min)}</Table.Td>
                    <Table.Td ta="end" className="tabular" fw={600}>{number(line.quantite_proposee)} {line.unite}</Table.Td>
                    <Table.Td ta="end" className="tabular">{line.montant != null ? money(line.montant) : '—'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          <Text ta="end" fw={600}>{t('total')} : {money(group.montant)}</Text>
        </Section>
      ))}
    </Stack>
  );
}

/** A letter begun in the person's own mail program. */
function letter(to: string, subject: string, { lignes }: Groupe): string {
  const lines = lignes.map((line) => `- ${line.reference}  ${line.designation} : ${number(line.quantite_proposee)} ${line.unite}`);
  return `mailto:${encodeURIComponent(to)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(lines.join('\r\n'))}`;
}
