import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { open } from '@/ui/documents/files';
import { Instant, size } from '@/ui/format';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { useSave } from '@/ui/save';
import { Empty } from '@/ui/states';

type Document = Schemas['Document'];
type Parent = { kind: 'intervention' | 'equipement' | 'planning' | 'demande' | 'piece'; href: string };

/** What a document is attached to. */
function parentOf(document: Document): Parent | null {
  if (document.intervention_id) return { kind: 'intervention', href: `/interventions/${document.intervention_id}` };
  if (document.equipement_id) return { kind: 'equipement', href: `/equipements/${document.equipement_id}` };
  if (document.planning_id) return { kind: 'planning', href: `/planning/${document.planning_id}` };
  if (document.demande_id) return { kind: 'demande', href: `/demandes/${document.demande_id}` };
  if (document.piece_id) return { kind: 'piece', href: `/pieces/${document.piece_id}` };
  return null;
}

/** All documents that the reader may see, wherever they are attached. */
export default function Liste() {
  const { t } = useTranslation('documents');
  const list = useListState();
  const show = useSave(open);
  const parent = (row: Document) => {
    const found = parentOf(row);
    return found ? <Anchor component={Link} href={found.href} size="sm" style={{ position: 'relative', zIndex: 1 }}>{t(found.kind)}</Anchor> : '—';
  };
  const columns: Column<Document>[] = [
    { key: 'nom', label: t('nom'), sort: 'nom_fichier', cell: (row) => row.nom_fichier, text: true },
    { key: 'sur', label: t('sur'), width: '140px', cell: parent },
    { key: 'description', label: t('description'), optional: true, cell: (row) => row.description ?? '—', text: true },
    { key: 'genre', label: t('genre'), width: '150px', cell: (row) => row.type_mime.split('/').at(-1)?.toUpperCase().slice(0, 12) },
    { key: 'taille', label: t('taille'), width: '100px', align: 'end', sort: 'taille', cell: (row) => size(row.taille) },
    { key: 'par', label: t('par'), width: '190px', cell: (row) => row.ajoute_par_nom },
    { key: 'ajoute', label: t('ajoute'), width: '160px', sort: 'date_ajout', cell: (row) => <Instant value={row.date_ajout} /> },
    { key: 'montrer', label: t('montrer'), width: '120px', cell: (row) => <Button size="compact-md" variant="subtle" aria-label={`${t('montrer')} : ${row.nom_fichier}`} style={{ position: 'relative', zIndex: 1 }} onClick={() => void show.run(row)}>{t('montrer')}</Button> },
  ];
  return (
    <Stack>
      <PageHead title={t('titre')} />
      <DataList
        name="documents"
        list={list}
        load={(query) => ok(api.GET('/api/v1/filters/documents', { params: { query } }))}
        columns={columns}
        filters={[
          { kind: 'choice', key: 'type_mime', label: t('genre') },
          { kind: 'choice', key: 'ajoute_par', label: t('par') },
          { kind: 'period', key: '', label: t('periode') },
        ]}
        id={(row) => row.id}
        href={(row) => parentOf(row)?.href ?? '/documents'}
        card={(row, link) => (
          <Stack gap={4}>
            {link(<Text fw={600}>{row.nom_fichier}</Text>)}
            <Group justify="space-between"><Text size="sm" c="dimmed">{size(row.taille)} · <Instant value={row.date_ajout} /></Text><Button size="compact-md" variant="subtle" style={{ position: 'relative', zIndex: 1 }} onClick={() => void show.run(row)}>{t('montrer')}</Button></Group>
          </Stack>
        )}
        empty={<Empty icon={IconFileOff} title={t('aucun_titre')} text={t('aucun_texte')} />}
      />
    </Stack>
  );
}
