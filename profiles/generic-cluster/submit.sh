#!/bin/sh
# The whole workflow as one job of any scheduler: nothing else is submitted from inside.
#   Slurm   sbatch --cpus-per-task=8 --mem=16G --time=4:00:00 profiles/generic-cluster/submit.sh CONFIG
#   SGE     qsub -S /bin/sh -cwd -V -pe smp 8 -l h_vmem=2G profiles/generic-cluster/submit.sh CONFIG
#   PBS     qsub -V -l select=1:ncpus=8:mem=16gb -v CONFIG=... profiles/generic-cluster/submit.sh
#   LSF     bsub -n 8 -R "span[hosts=1] rusage[mem=16G]" profiles/generic-cluster/submit.sh CONFIG
# Submit it from the repository's folder. Snakemake is that on the PATH, else that of `make setup`.
# What follows CONFIG goes to it. MEM_MB in the environment limits the memory of jobs that run side
# by side, where the scheduler does not tell what it gave.
set -eu
[ -z "${PBS_O_WORKDIR:-}" ] || cd "$PBS_O_WORKDIR"

config=${1:-${CONFIG:-config/config.yaml}}
[ $# = 0 ] || shift

# Cores and memory are those of the allocation, never the node's. One core where nothing is told.
cores=${SLURM_CPUS_PER_TASK:-${NSLOTS:-${NCPUS:-${PBS_NP:-${LSB_DJOB_NUMPROC:-1}}}}}
memory=${SLURM_MEM_PER_NODE:-}
[ -n "$memory" ] || [ -z "${SLURM_MEM_PER_CPU:-}" ] || memory=$((SLURM_MEM_PER_CPU * cores))
# --mem=0 asks for all of a node without a number.
[ "${memory:-0}" != 0 ] || memory=${MEM_MB:-}

# Some sites start a job without the environment it was handed in from.
PATH=$PATH:$PWD/.venv/bin
exec snakemake --workflow-profile profiles/generic-cluster --configfile "$config" \
  --cores "$cores" ${memory:+--resources "mem_mb=$memory"} "$@"
