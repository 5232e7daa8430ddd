import { Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Word } from '@/ui/badges';
import { useListState } from '@/ui/list/address';
import { type Column, DataList } from '@/ui/list/DataList';
import { RecordButton } from '@/ui/record/RecordButton';

type Gamme = Schemas['Gamme'];

export default function Liste() {
  const { t } = useTranslation('gammes');
  const { t: word } = useTranslation('valeurs');
  const list = useListState();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const version = (row: Gamme) => (
    <Group gap="xs">
      <Text span size="sm">{row.version_publiee ? t('version_n', { numero: row.version_publiee }) : t('jamais_publiee')}</Text>
      {row.a_brouillon && <Word color="blue">{t('brouillon')}</Word>}
    </Group>
  );
  const columns: Column<Gamme>[] = [
    { key: 'nom', label: t('nom'), sort: 'nom', cell: (row) => row.nom, text: true },
    { key: 'operations', label: t('operations'), width: '120px', align: 'end', cell: (row) => row.nombre_operations },
    { key: 'version', label: t('version'), width: '260px', cell: version },
    { key: 'statut', label: t('statut'), width: '130px', cell: (row) => <Word color={row.statut === 'active' ? 'teal' : 'gray'}>{word(`statut_gamme.${row.statut}`)}</Word> },
  ];
  return (
    <Stack>
      <PageHead title={t('titre')}>
        <RecordButton
          name="/gammes/nouvelle"
          title={t('nouvelle')}
          fields={[{ kind: 'text', key: 'nom', label: t('nom'), required: true, wide: true }, { kind: 'area', key: 'description', label: t('description') }]}
          save={async (body) => {
            const made = await ok(api.POST('/api/v1/gammes/', { body: body as Schemas['NewGamme'] }));
            await queries.invalidateQueries({ queryKey: ['gammes'] });
            go(`/gammes/${made.id}`);
          }}
        />
      </PageHead>
      <DataList
        name="gammes"
        list={list}
        load={(query) => ok(api.GET('/api/v1/gammes/', { params: { query } }))}
        columns={columns}
        filters={[{ kind: 'choice', key: 'statut', label: t('statut'), choices: (['active', 'archivee'] as const).map((value) => ({ value, label: word(`statut_gamme.${value}`) })) }]}
        id={(row) => row.id}
        href={(row) => `/gammes/${row.id}`}
        card={(row, link) => <Stack gap={4}>{link(<Text fw={600}>{row.nom}</Text>)}{version(row)}</Stack>}
      />
    </Stack>
  );
}
