import { Badge, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';

/** Says on every page that nothing here is real. */
export function Demonstration() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['instance'], queryFn: () => ok(api.GET('/api/v1/instance')), staleTime: Infinity });
  return data?.demonstration && (
    <Tooltip label={t('demonstration.texte')} events={{ hover: true, focus: true, touch: true }}>
      <Badge tabIndex={0} color="orange.9" variant="filled" tt="none">{t('demonstration.titre')}</Badge>
    </Tooltip>
  );
}
