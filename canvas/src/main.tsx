import '@xyflow/react/dist/base.css';
import './style.css';
import { ReactFlowProvider } from '@xyflow/react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import type { Start } from './server';

const root = document.getElementById('canvas')!;
createRoot(root).render(
  <ReactFlowProvider>
    <App start={JSON.parse(root.dataset.canvas!) as Start} />
  </ReactFlowProvider>,
);
