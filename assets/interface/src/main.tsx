import '@/app/entrance';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startLangue } from '@/app/langue';
import { keepInterface } from '@/hors_ligne/worker';

await startLangue();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
keepInterface();
