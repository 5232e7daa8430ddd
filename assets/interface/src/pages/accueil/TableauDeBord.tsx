import { Button, SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { PageHead } from '@/ui/PageHead';
import { ACommander, Echeances } from './bord/aVenir';
import { ChargeDeLaSemaine } from './bord/ChargeDeLaSemaine';
import { Compteurs } from './bord/Compteurs';

// The figures come first; what draws plots is as large as all the rest.
const Courbes = lazy(() => import('./bord/Courbes'));

/** What whoever runs the plant looks at first. */
export default function TableauDeBord() {
  const { t } = useTranslation('bord');
  const { t: common } = useTranslation();
  return (
    <Stack gap="lg">
      <PageHead title={common('navigation.tableau_de_bord')}>
        <Button component={Link} href="/interventions/nouvelle" leftSection={<IconPlus size={18} />}>{t('nouvelle')}</Button>
      </PageHead>
      <Compteurs />
      <SimpleGrid cols={{ base: 1, lg: 3 }}>
        <ChargeDeLaSemaine />
        <Echeances />
        <ACommander />
      </SimpleGrid>
      <Suspense fallback={<SimpleGrid cols={{ base: 1, lg: 2 }}><Skeleton h={430} /><Skeleton h={430} /></SimpleGrid>}>
        <Courbes />
      </Suspense>
    </Stack>
  );
}
