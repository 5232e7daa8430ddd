//! The machines of each site, each below the one that it belongs to.

import { Accordion, Anchor, Group, Stack, Text, Tree, type TreeNodeData } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { Links } from '@/ui/Links';
import { PageHead } from '@/ui/PageHead';
import { StatutEquipement } from '@/ui/badges';
import { useSites } from '@/ui/format';
import { Loading, Trouble } from '@/ui/states';

type Equipement = Schemas['Equipement'];

export default function Arbre() {
  const { t } = useTranslation('equipements');
  const sites = useSites();
  const [chosen, setOpen] = useState<string[]>();
  const open = chosen ?? sites.data?.slice(0, 1).map(({ id }) => String(id)) ?? [];
  return (
    <Stack maw={1000}>
      <PageHead title={t('arbre')} />
      <Links links={[{ href: '/equipements', text: t('liste') }, { href: '/arbre', text: t('arbre') }]} />
      {!sites.data && (sites.error ? <Trouble error={sites.error} retry={() => void sites.refetch()} /> : <Loading />)}
      <Accordion multiple variant="separated" value={open} onChange={setOpen} order={2}>
        {sites.data?.map((site) => (
          <Accordion.Item key={site.id} value={String(site.id)}>
            <Accordion.Control>{site.nom}</Accordion.Control>
            <Accordion.Panel>{open.includes(String(site.id)) && <Machines site={site.id} name={site.nom} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}

/** All machines of a site, whatever their number. */
async function allOf(site: number): Promise<Equipement[]> {
  const all: Equipement[] = [];
  let cursor: string | undefined;
  do {
    const page = await ok(api.GET('/api/v1/equipements/', { params: { query: { site_id: [site], page_size: 200, tri: 'code', cursor } } }));
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return all;
}

/** Each below its parent; one whose parent is elsewhere, or not to be seen, stands by itself. */
function grow(machines: Equipement[]): TreeNodeData[] {
  const nodes = new Map(machines.map((machine) => [machine.id, { value: String(machine.id), label: machine.nom, nodeProps: { machine }, children: [] as TreeNodeData[] }]));
  const roots: TreeNodeData[] = [];
  for (const { id, parent_id } of machines) {
    const above = parent_id != null ? nodes.get(parent_id)?.children : undefined;
    (above ?? roots).push(nodes.get(id)!);
  }
  return roots;
}

function Machines({ site, name }: { site: number; name: string }) {
  const { t } = useTranslation('equipements');
  const { data, error, refetch } = useQuery({ queryKey: ['equipements', 'arbre', site], queryFn: () => allOf(site) });
  const nodes = useMemo(() => data && grow(data), [data]);
  if (!nodes) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  if (!nodes.length) return <Text c="dimmed">{t('sans_machine')}</Text>;
  return (
    <Tree
      data={nodes}
      aria-label={name}
      levelOffset={28}
      expandOnClick={false}
      renderNode={({ node, expanded, hasChildren, elementProps, tree }) => {
        const machine = node.nodeProps?.machine as Equipement;
        return (
          <Group {...elementProps} gap="xs" wrap="nowrap" mih={40} style={{ ...elementProps.style, whiteSpace: 'normal' }}>
            <span onClick={() => tree.toggleExpanded(node.value)} style={{ width: 28, display: 'inline-flex', justifyContent: 'center', cursor: 'pointer', visibility: hasChildren ? undefined : 'hidden' }}>
              <IconChevronRight size={18} aria-hidden className={expanded ? undefined : 'mirrored'} style={{ rotate: expanded ? '90deg' : undefined }} />
            </span>
            <Anchor component={Link} href={`/equipements/${machine.id}`} tabIndex={-1} miw={0}>{machine.nom}</Anchor>
            <Text size="sm" c="dimmed" miw={0}>{machine.code}</Text>
            {machine.statut !== 'operationnel' && <StatutEquipement value={machine.statut} />}
          </Group>
        );
      }}
    />
  );
}
