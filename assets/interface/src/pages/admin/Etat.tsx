//! How the server does: all is well, or what is not and where to look.

import { Alert, Anchor, Code, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, ok } from '@/api/client';
import { Facts } from '@/ui/Facts';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Instant, ago, day, number, size } from '@/ui/format';
import { Loading, Trouble } from '@/ui/states';

export default function Etat() {
  const { t } = useTranslation('serveur');
  const { data, error, refetch } = useQuery({ queryKey: ['serveur', 'etat'], queryFn: () => ok(api.GET('/api/v1/admin/etat')), refetchInterval: 15_000 });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack>
      <PageHead title={t('etat')} />
      {data.anomalies.length === 0
        ? <Alert color="teal" icon={<IconCircleCheck />} title={t('bien')} role="status">{t('bien_texte')}</Alert>
        : data.anomalies.map(({ code, message, lien }) => (
          <Alert key={code + message} color="red" icon={<IconAlertTriangle />} title={t(`anomalie.${code}`)} role="status">
            <Text size="sm">{message} {lien !== '/etat' && <Anchor component={Link} href={lien} underline="always">{t('voir')}</Anchor>}</Text>
          </Alert>
        ))}
      <Section title={t('sauvegardes')} actions={<Anchor component={Link} href="/sauvegardes">{t('voir')}</Anchor>}>
        <Facts facts={[[t('derniere'), data.derniere_sauvegarde && <><Instant value={data.derniere_sauvegarde} /> ({ago(data.derniere_sauvegarde)})</>], [t('place'), data.place_octets != null && size(data.place_octets)]]} />
      </Section>
      <Section title={t('acces')} actions={data.autorite_locale && <Anchor href="/autorite" target="_blank">{t('telephones')}</Anchor>}>
        <Facts facts={[[t('https'), t(data.https ? 'chiffre' : 'en_clair')], [t('certificat'), data.certificat_expire && day(data.certificat_expire)]]} />
        {!data.https && <Text size="sm">{t('tls_init')} <Code dir="ltr">erp-interventions tls init</Code></Text>}
      </Section>
      <Section title={t('donnees')}>
        <Facts facts={[[t('base'), size(data.base_octets)], [t('wal'), size(data.wal_octets)], [t('documents'), `${number(data.documents)} · ${size(data.documents_octets)}`]]} />
      </Section>
      <Section title={t('courriel')} actions={<Anchor component={Link} href="/courriels">{t('voir')}</Anchor>}>
        <Facts facts={[[t('serveur_courriel'), t(data.courriel_configure ? 'configure' : 'non_configure')], [t('en_attente'), number(data.courriels_en_attente)], [t('en_echec'), number(data.courriels_en_echec)], [t('plus_ancien'), data.plus_ancien_courriel && <Instant value={data.plus_ancien_courriel} />]]} />
      </Section>
      <Section title={t('serveur')}>
        <Facts facts={[[t('version'), data.version], [t('schema'), number(data.schema)], [t('demarre'), <><Instant value={data.demarre_le} /> ({ago(data.demarre_le)})</>], [t('heure'), <Instant value={data.maintenant} />]]} />
      </Section>
    </Stack>
  );
}
