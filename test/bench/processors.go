package bench

import "github.com/prometheus/procfs"

// processors are the times of all processors together, in seconds.
func (b *bench) processors() procfs.CPUStat {
	b.Helper()
	proc, err := procfs.NewDefaultFS()
	b.check(err)
	stat, err := proc.Stat()
	b.check(err)
	return stat.CPUTotal
}

// stolen is the share of the processors' time between two looks that the
// hypervisor gave to others while there was work here.
func stolen(before, after procfs.CPUStat) float64 {
	all := func(t procfs.CPUStat) float64 {
		return t.User + t.Nice + t.System + t.Idle + t.Iowait + t.IRQ + t.SoftIRQ + t.Steal
	}
	passed := all(after) - all(before)
	if passed <= 0 {
		return 0
	}
	return (after.Steal - before.Steal) / passed
}
