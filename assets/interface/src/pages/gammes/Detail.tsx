//! A checklist: what is followed today, what is being written, and what was followed before.

import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import { type Schemas, api, ifMatch, ok, once } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { confirm } from '@/ui/confirm';
import { Instant } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import { useSave } from '@/ui/save';
import { Loading, Trouble } from '@/ui/states';
import { Editor } from './Editor';
import { Operations } from './Operations';

export default function Detail() {
  const { t } = useTranslation('gammes');
  const { t: word } = useTranslation('valeurs');
  const id = Number(useParams().id);
  const path = { id };
  const queries = useQueryClient();
  const [writing, setWriting] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['gammes', id], queryFn: () => ok(api.GET('/api/v1/gammes/{id}', { params: { path } })) });
  const reread = () => queries.invalidateQueries({ queryKey: ['gammes'] });
  const publish = useSave(async () => {
    await ok(api.POST('/api/v1/gammes/{id}/publication', { params: { path, header: once() as object } }));
    await reread();
  });
  const change = async (body: Schemas['GammePatch'], version: number) => {
    await ok(api.PATCH('/api/v1/gammes/{id}', { params: { path, header: ifMatch(version) }, body }));
    await reread();
  };
  const archive = useSave(change);
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  const { brouillon, publiee } = data;
  return (
    <Stack maw={900}>
      <PageHead title={data.nom} up={{ href: '/gammes', text: t('titre') }} mark={data.statut === 'archivee' ? <Word color="gray">{word('statut_gamme.archivee')}</Word> : undefined}>
        <RecordButton
          name={`/gammes/${id}`}
          title={t('gamme')}
          fields={[{ kind: 'text', key: 'nom', label: t('nom'), required: true, wide: true }, { kind: 'area', key: 'description', label: t('description') }]}
          row={data}
          reread={async () => (await refetch()).data!}
          save={change}
        />
        <Button variant="subtle" color={data.statut === 'active' ? 'red' : undefined} loading={archive.busy} onClick={async () => {
          if (data.statut === 'archivee') void archive.run({ statut: 'active' }, data.version);
          else if (await confirm({ title: t('archiver'), text: t('archiver_texte'), action: t('archiver') })) void archive.run({ statut: 'archivee' }, data.version);
        }}>{data.statut === 'active' ? t('archiver') : t('reactiver')}</Button>
      </PageHead>
      {data.description && <Text dir="auto">{data.description}</Text>}
      {writing ? (
        <Section title={t('brouillon')}>
          <Editor
            gamme={data}
            first={(brouillon ?? publiee)?.operations ?? []}
            done={() => setWriting(false)}
          />
        </Section>
      ) : (
        <>
          {brouillon && (
            <Section
              title={t('brouillon')}
              actions={<>
                <Button variant="default" onClick={() => setWriting(true)}>{t('modifier')}</Button>
                <Button loading={publish.busy} onClick={async () => {
                  if (await confirm({ title: t('publier'), text: t('publier_texte'), action: t('publier'), danger: false })) void publish.run();
                }}>{t('publier')}</Button>
              </>}
            >
              <Operations operations={brouillon.operations} before={publiee?.operations} />
            </Section>
          )}
          {publiee ? (
            <Section title={t('version_n', { numero: publiee.numero })} actions={!brouillon && <Button variant="default" onClick={() => setWriting(true)}>{t('modifier')}</Button>}>
              {publiee.publiee_le && <Text size="sm" c="dimmed"><Instant value={publiee.publiee_le} /> · {publiee.publiee_par}</Text>}
              <Operations operations={publiee.operations} />
            </Section>
          ) : !brouillon && (
            <Alert color="blue" title={t('sans')}><Button onClick={() => setWriting(true)}>{t('ajouter')}</Button></Alert>
          )}
        </>
      )}
      <Versions gamme={id} />
    </Stack>
  );
}

function Versions({ gamme }: { gamme: number }) {
  const { t } = useTranslation('gammes');
  const [numero, setNumero] = useState<number>();
  const { data } = useQuery({ queryKey: ['gammes', gamme, 'versions'], queryFn: () => ok(api.GET('/api/v1/gammes/{id}/versions', { params: { path: { id: gamme } } })) });
  const one = useQuery({
    queryKey: ['gammes', gamme, 'versions', numero],
    queryFn: () => ok(api.GET('/api/v1/gammes/{id}/versions/{numero}', { params: { path: { id: gamme, numero: numero! } } })),
    enabled: numero !== undefined,
  });
  const published = data?.items.filter(({ publiee_le }) => publiee_le) ?? [];
  if (published.length < 2) return null;
  return (
    <Section title={t('versions')}>
      {published.map((version) => (
        <Stack key={version.numero} gap="xs">
          <Group gap="sm">
            <Anchor component="button" type="button" mih={44} aria-expanded={numero === version.numero} onClick={() => setNumero(numero === version.numero ? undefined : version.numero)}>{t('version_n', { numero: version.numero })}</Anchor>
            <Text size="sm" c="dimmed"><Instant value={version.publiee_le} /> · {version.publiee_par}</Text>
          </Group>
          {numero === version.numero && one.data && <Operations operations={one.data.operations} />}
        </Stack>
      ))}
    </Section>
  );
}
