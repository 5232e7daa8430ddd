import { ActionIcon, Group, Loader, Menu, Paper, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconDotsVertical, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Schemas } from '@/api/client';
import { EnRetard, Priorite } from '@/ui/badges';
import { Instant } from '@/ui/format';
import { Etat } from '../liste/colonnes';
import classes from './Tableau.module.css';
import { type Statut, detailOf } from '../transition/workflow';

type Intervention = Schemas['Intervention'];

const DAY: Intl.DateTimeFormatOptions = { dateStyle: 'short' };

/** One intervention on the board; it can be dragged, or moved by its menu. */
export function Carte({ row, dragged, drag, move }: {
  row: Intervention;
  dragged: boolean;
  /** It is being dragged, or no longer. */
  drag: (row: Intervention | null) => void;
  move: (row: Intervention, to: Statut) => void;
}) {
  const { t } = useTranslation('tableau');
  const [menu, setMenu] = useState(false);
  const detail = useQuery({ ...detailOf(row), enabled: menu });
  return (
    <Paper
      component="li"
      withBorder
      p="sm"
      className={classes.card}
      data-dragged={dragged || undefined}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', row.numero);
        drag(row);
      }}
      onDragEnd={() => drag(null)}
    >
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap" gap={4}>
          <Text size="sm" c="dimmed" className="tabular">{row.numero}</Text>
          <Menu opened={menu} onChange={setMenu} position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon className={classes.menu} aria-label={t('deplacer', { numero: row.numero })}><IconDotsVertical size={18} /></ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('deplacer_vers')}</Menu.Label>
              {detail.isPending && <Menu.Item disabled><Loader size="xs" /></Menu.Item>}
              {detail.data?.transitions.map((to) => (
                <Menu.Item key={to} mih={44} leftSection={<IconArrowRight size={16} className="mirrored" />} onClick={() => move(row, to)}>
                  {t(`vers.${to}`)}
                </Menu.Item>
              ))}
              {detail.data?.transitions.length === 0 && <Menu.Item disabled>{t('nulle_part')}</Menu.Item>}
              {detail.data && row.statut === 'planifie' && !row.technicien_id && (
                <Text size="sm" c="dimmed" px="sm" py={6} maw={240}>{t('technicien_d_abord')}</Text>
              )}
            </Menu.Dropdown>
          </Menu>
        </Group>
        <Link href={`/interventions/${row.id}`} className={classes.title} dir="auto" draggable={false}>{row.titre}</Link>
        <Text size="sm" c="dimmed" truncate dir="auto">{row.equipement_nom}</Text>
        <Group gap={4}>
          {row.priorite !== 'normale' && <Priorite value={row.priorite} />}
          {row.en_retard && <EnRetard />}
          {row.statut === 'attente_pieces' && row.pieces_disponibles && <Etat row={row} />}
        </Group>
        <Group justify="space-between" gap={4} wrap="nowrap">
          <Group gap={4} wrap="nowrap" miw={0}>
            <IconUser size={16} aria-hidden style={{ flexShrink: 0 }} />
            <Text size="sm" truncate>{row.technicien_nom ?? t('personne')}</Text>
          </Group>
          <Text size="sm" style={{ flexShrink: 0 }}>
            {row.statut === 'termine' ? <Instant value={row.date_fin_reelle} siteId={row.site_id} format={DAY} /> : row.date_limite && <Instant value={row.date_limite} siteId={row.site_id} format={DAY} />}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}
