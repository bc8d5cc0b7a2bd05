import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// One script and one style, beside the console's other assets. They are committed: a server is built without npm.
export default defineConfig({
  plugins: [react()],
  publicDir: false,
  build: {
    outDir: '../src/Sluice.Server/Console/Assets',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'es2022',
    rollupOptions: {
      input: 'src/main.tsx',
      output: { entryFileNames: 'canvas.js', assetFileNames: 'canvas[extname]' },
    },
  },
});
