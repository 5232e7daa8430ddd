//! Finding a machine by its label: through the camera, from a photo, or by typing the code.

import { Alert, Button, FileButton, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCamera, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { PageHead } from '@/ui/PageHead';
import { Section } from '@/ui/Section';
import { useSave } from '@/ui/save';
import { codeOf, reader } from './qr';
import classes from './scan.module.css';

/** Between two looks at what the camera sees. */
const EACH = 200;

export default function Scanner() {
  const { t } = useTranslation('terrain');
  const [, go] = useLocation();
  const [foreign, setForeign] = useState(false);
  const form = useForm({ initialValues: { code: '' }, validate: { code: (code) => (code.trim() ? null : t('scanner.code_requis')) } });
  const found = (text: string) => {
    const code = codeOf(text);
    setForeign(code === null);
    if (code !== null) go(`/e/${encodeURIComponent(code)}`);
    return code !== null;
  };
  const fromPhoto = useSave(async (file: File) => {
    const look = await reader();
    const picture = await createImageBitmap(file).catch(() => null);
    const text = picture && (await look(picture));
    picture?.close();
    if (!text || !found(text)) setForeign(true);
  });
  return (
    <Stack maw={720}>
      <PageHead title={t('scanner.titre')} />
      <Camera found={found} />
      {foreign && <Alert color="yellow" role="alert">{t('scanner.autre')}</Alert>}
      <Section title={t('scanner.sinon')}>
        <FileButton accept="image/*" capture="environment" onChange={(file) => file && void fromPhoto.run(file)}>
          {(props) => <Button {...props} size="lg" variant="default" leftSection={<IconCamera aria-hidden />} loading={fromPhoto.busy}>{t('scanner.photo')}</Button>}
        </FileButton>
        <form onSubmit={form.onSubmit(({ code }) => void found(code))}>
          <Stack gap="xs">
            <TextInput label={t('scanner.code')} description={t('scanner.code_aide')} size="lg" autoCapitalize="characters" autoComplete="off" spellCheck={false} {...form.getInputProps('code')} />
            <Button type="submit" size="lg" leftSection={<IconSearch aria-hidden />}>{t('scanner.ouvrir')}</Button>
          </Stack>
        </form>
      </Section>
    </Stack>
  );
}

/** Looks through the camera until a code is found. Browsers lend it over https (and on this machine) only. */
function Camera({ found }: { found: (text: string) => boolean }) {
  const { t } = useTranslation('terrain');
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(found);
  latest.current = found;
  const [trouble, setTrouble] = useState<'absente' | 'refusee' | null>(navigator.mediaDevices ? null : 'absente');

  useEffect(() => {
    if (!navigator.mediaDevices) return;
    let stopped = false;
    let stream: MediaStream | undefined;
    const watch = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
      } catch (error) {
        if (!stopped) setTrouble((error as DOMException).name === 'NotAllowedError' ? 'refusee' : 'absente');
        return;
      }
      const look = await reader();
      const screen = video.current;
      if (stopped || !screen) return stream.getTracks().forEach((track) => track.stop());
      screen.srcObject = stream;
      await screen.play().catch(() => {});
      while (!stopped) {
        const text = await look(screen);
        if (text && !stopped && latest.current(text)) return;
        await new Promise((resolve) => setTimeout(resolve, EACH));
      }
    };
    void watch();
    return () => {
      stopped = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);

  if (trouble) return <Alert color="gray" icon={<IconCamera />}>{t(`scanner.camera_${trouble}`)}</Alert>;
  return (
    <Stack gap="xs">
      <video ref={video} className={classes.camera} muted playsInline aria-label={t('scanner.camera')} />
      <Text c="dimmed" ta="center">{t('scanner.viser')}</Text>
    </Stack>
  );
}
