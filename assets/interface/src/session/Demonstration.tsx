import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';

/** Says on every page that nothing here is real. */
export function Demonstration() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['instance'], queryFn: () => ok(api.GET('/api/v1/instance')), staleTime: Infinity });
  return data?.demonstration && <Badge color="yellow.4" c="black" variant="filled" tt="none" title={t('demonstration.texte')}>{t('demonstration.titre')}</Badge>;
}
