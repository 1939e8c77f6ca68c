import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '.venv/',
      'lib/',
      'node_modules/',
      'dist/',
      'build/',
      'test-results/',
      'src/heplens/labextension/',
      'src/heplens/static/'
    ]
  },
  js.configs.recommended,
  {
    files: ['**/*.mjs', 'style/*.js'],
    languageOptions: { globals: { console: 'readonly' } }
  },
  {
    files: ['js/**/*.ts', 'js/**/*.tsx'],
    extends: [...tseslint.configs.recommended],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      // The rules of JupyterLab's extension template …
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'enum', format: ['PascalCase'] }
      ],
      '@typescript-eslint/no-unused-vars': ['warn', { args: 'none' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error',
      // … and what this project adds: text from files is never markup, nothing is evaluated.
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map(property => ({
          property,
          message: 'Text is text: use textContent or a component.'
        }))
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
          message: 'Text is text: use children.'
        }
      ],
      // node:test returns promises that its runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'describe', 'it']
            }
          ]
        }
      ]
    }
  },
  {
    files: ['js/lab/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/widgets/*'],
              message: 'lab and widgets never import each other.'
            }
          ]
        }
      ]
    }
  },
  {
    files: ['js/widgets/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/lab/*', '@jupyterlab/*', '@lumino/*'],
              message: 'Widgets also live outside JupyterLab.'
            }
          ]
        }
      ]
    }
  },
  {
    files: ['js/brush/**', 'js/components/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/lab/*', '@jupyterlab/*', '@lumino/*'],
              message: 'Shared by both hosts: no JupyterLab here.'
            }
          ]
        }
      ]
    }
  }
);
