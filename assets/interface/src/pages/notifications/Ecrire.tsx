import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { RecordButton } from '@/ui/record/RecordButton';
import { tell } from '@/ui/toast';

/** A message to somebody, in the application or by e-mail. */
export function Ecrire({ userId, nom }: { userId: number; nom: string }) {
  const { t } = useTranslation('notifications');
  const { t: word } = useTranslation('valeurs');
  return (
    <RecordButton
      name={`/message/${userId}`}
      title={t('ecrire_titre', { nom })}
      text={t('ecrire')}
      label={t('ecrire')}
      variant="default"
      fields={[
        { kind: 'text', key: 'titre', label: t('objet'), required: true },
        { kind: 'choice', key: 'canal', label: t('canal'), required: true, choices: (['app', 'email'] as const).map((value) => ({ value, label: word(`canal.${value}`) })) },
        { kind: 'area', key: 'contenu', label: t('contenu'), required: true },
      ]}
      initial={{ canal: 'app' }}
      save={async (body) => {
        await ok(api.POST('/api/v1/notifications/', { body: { ...body, type: 'information', user_id: userId } as Schemas['NewNotification'] }));
        tell({ message: t('envoyee') });
      }}
    />
  );
}
