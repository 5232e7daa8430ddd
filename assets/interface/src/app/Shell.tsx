//! The frame around every page: navigation, search, notifications, and whether there is reception.

import { ActionIcon, Alert, AppShell, Badge, Box, Burger, Button, Group, Indicator, NavLink, ScrollArea, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconBell, IconCloudOff, IconRefresh, IconSearch } from '@tabler/icons-react';
import { type ReactNode, Suspense, lazy, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useSending } from '@/hors_ligne/envois';
import { useOnline } from '@/hors_ligne/online';
import { Unsent } from '@/hors_ligne/Unsent';
import { useNewVersion } from '@/hors_ligne/worker';
import { useEvents, useUnread } from '@/live/live';
import { Demonstration } from '@/session/Demonstration';
import { useMe } from '@/session/session';
import { useIsPhone } from '@/ui/phone';
import classes from './Shell.module.css';
import { GROUPS, type Page, addressOf, pagesOf } from './pages';

const Palette = lazy(() => import('./Palette'));
const openPalette = () => void import('@mantine/spotlight').then(({ spotlight }) => spotlight.open());

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [menu, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  const isPhone = useIsPhone();
  const me = useMe();
  const pages = pagesOf(me.role);
  const bar = pages.filter((page) => page.menu?.bar?.includes(me.role)).slice(0, 5);
  useEvents();
  useSending();
  // Here and not in the palette, which may still be on its way when somebody already types.
  useHotkeys([['mod+K', openPalette]], []);
  useEffect(close, [location, close]);

  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !menu } }}
      footer={{ height: 64, collapsed: !isPhone }}
      padding="md"
    >
      <a href="#contenu" className="skip">{t('aller_au_contenu')}</a>
      <AppShell.Header>
        <Group h="100%" px="sm" gap="xs" wrap="nowrap">
          <Burger opened={menu} onClick={toggle} hiddenFrom="sm" aria-label={t('navigation.menu')} aria-expanded={menu} />
          <Link href="/" className={classes.home}>
            <img src="/icon.svg" alt={t('navigation.accueil')} width="32" height="32" />
            <Text component="span" fw={650} visibleFrom="xs">{t('produit')}</Text>
          </Link>
          <Demonstration />
          <UnstyledButton onClick={openPalette} className={classes.search} visibleFrom="sm" aria-keyshortcuts="Control+K">
            <IconSearch size={18} aria-hidden />
            <span>{t('recherche.ouvrir')}</span>
            <kbd>Ctrl K</kbd>
          </UnstyledButton>
          <Box flex={1} hiddenFrom="sm" />
          <ActionIcon hiddenFrom="sm" onClick={openPalette} aria-label={t('recherche.ouvrir')}><IconSearch /></ActionIcon>
          <Bell />
        </Group>
      </AppShell.Header>

      <AppShell.Navbar p="xs" component="nav" aria-label={t('navigation.menu')}>
        <ScrollArea flex={1} mih={0} type="auto" scrollbarSize={8}>
          {GROUPS.map((group) => {
            const shown = pages.filter((page) => page.menu?.group === group);
            return shown.length > 0 && (
              <Box key={group} className={classes.group}>
                <Text size="xs" c="dimmed" fw={600} px="sm" py={4}>{t(`groupes.${group}`)}</Text>
                {shown.map((page) => <Entry key={page.path} page={page} location={location} />)}
              </Box>
            );
          })}
        </ScrollArea>
      </AppShell.Navbar>

      <AppShell.Main id="contenu" tabIndex={-1}>
        <Notices />
        {children}
      </AppShell.Main>

      <AppShell.Footer component="nav" aria-label={t('navigation.raccourcis')} className={classes.bar} hiddenFrom="sm">
        {bar.map(({ path, menu: entry }) => entry && (
          <Link key={path} href={path} className={classes.tab} aria-current={isAt(path, location) ? 'page' : undefined}>
            <entry.icon size={24} stroke={1.6} aria-hidden />
            <span>{t(`navigation.${entry.text}`)}</span>
          </Link>
        ))}
      </AppShell.Footer>
      <Suspense><Palette /></Suspense>
    </AppShell>
  );
}

const isAt = (path: string, location: string) => (path === '/' ? location === '/' : location.startsWith(path));

function Entry({ page, location }: { page: Page; location: string }) {
  const { t } = useTranslation();
  if (!page.menu) return null;
  const Icon = page.menu.icon;
  const active = isAt(addressOf(page), location);
  return (
    <NavLink
      component={Link}
      href={addressOf(page)}
      label={t(`navigation.${page.menu.text}`)}
      leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
      active={active}
      aria-current={active ? 'page' : undefined}
      className={classes.entry}
    />
  );
}

function Bell() {
  const { t } = useTranslation();
  const unread = useUnread();
  return (
    <Indicator label={unread > 99 ? '99+' : unread} size={18} disabled={!unread} offset={7} color="red.8">
      <ActionIcon component={Link} href="/notifications" aria-label={t('navigation.non_lues', { count: unread })}>
        <IconBell />
      </ActionIcon>
    </Indicator>
  );
}

/** What stands above every page while it holds: passwords in clear, no reception, a new version. */
function Notices() {
  const { t } = useTranslation();
  const online = useOnline();
  const install = useNewVersion();
  return (
    <>
      {!isSecureContext && <Alert color="orange" mb="sm" role="status">{t('en_clair')}</Alert>}
      {!online && (
        <Badge leftSection={<IconCloudOff size={16} />} color="gray" variant="light" size="lg" mb="sm" tt="none" h="auto" py={4} styles={{ label: { whiteSpace: 'normal' } }} role="status">
          {t('hors_ligne.bandeau')}
        </Badge>
      )}
      <Unsent />
      {install && (
        <Button leftSection={<IconRefresh size={18} />} variant="light" size="compact-md" mb="sm" onClick={install}>
          {t('nouvelle_version')}
        </Button>
      )}
    </>
  );
}
