/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 *
 * Three threads, three rooms, one stack of the depot and a lane each whose room
 * the others may steal: depot.h, lane.h, lane.c, lane_steal.c without death. One step for each access to
 * shared memory. docs/proof.md tells what is checked.
 *
 * With -DALONE all threads but one stop for good at any step: that one has to finish
 * in a bounded number of its own steps.
 */

#define ROOMS 3
#define THREADS 3
#ifndef OPS
#define OPS 1
#endif
#define NOBODY 7
/* Own steps in which a thread finishes an operation, once the others have stopped. */
#define BOUND 24

byte head, version;
byte below[ROOMS + 1];
byte slot[THREADS];
byte laneversion[THREADS]; /* of its slot */
bit busy[THREADS];
byte holder[ROOMS + 1]; /* the truth: NOBODY for the stack, else a thread */
byte swaps;           /* of the head that were successful */
byte finished;
#ifdef ALONE
byte alone = NOBODY;
byte steps;
#define MAY (alone == NOBODY || alone == me)
#define STEP \
	if \
	:: alone == me -> steps++; assert(steps <= BOUND) /* no-waiting */ \
	:: else \
	fi
#define CALL_ENDS \
	if \
	:: alone == me -> steps = 0 \
	:: else \
	fi
#else
#define MAY true
#define CALL_ENDS skip
#define STEP skip
#endif

#define TAKEN(r, who) \
	assert(holder[r] == NOBODY); /* no-frame-in-two-places */ \
	holder[r] = who
#define GIVEN(r, who) \
	assert(holder[r] == who); /* no-frame-in-two-places */ \
	holder[r] = NOBODY
#ifdef PUSH_IGNORES_VERSION
#define SAME_VERSION true
#else
#define SAME_VERSION (version == oldversion)
#endif
#ifdef STEAL_BUSY
#define IDLE(t) true
#else
#define IDLE(t) (!busy[t])
#endif
/* lock-freedom: a swap fails only because another one succeeded */
#define FAILED assert(swaps != then)

inline pop()
{
	do
	:: atomic { MAY -> STEP; old = head; oldversion = version; then = swaps };
	   if
	   :: old == 0 -> break
	   :: else
	   fi;
	   atomic { MAY -> STEP; next = below[old] };
	   atomic {
		MAY -> STEP;
		if
		:: head == old && version == oldversion ->
			assert(next == below[old]); /* no-ABA */
			head = next;
#ifndef NO_VERSION
			version++;
#endif
			swaps++;
			got = old;
			TAKEN(got, me);
			goto popped
		:: else -> FAILED
		fi
	   }
	od;
popped:
	atomic { old = 0; oldversion = 0; next = 0; then = 0 }
}

inline push(r)
{
	do
	:: atomic { MAY -> STEP; old = head; oldversion = version; then = swaps };
	   atomic { MAY -> STEP; below[r] = old };
	   atomic {
		MAY -> STEP;
		if
		:: head == old && SAME_VERSION ->
			head = r;
			swaps++;
			GIVEN(r, me);
			goto pushed
		:: else -> FAILED
		fi
	   }
	od;
pushed:
	atomic { old = 0; oldversion = 0; then = 0 }
}

inline steal(other)
{
	atomic {
		MAY -> STEP;
		next = slot[other];
		oldversion = laneversion[other];
		free = IDLE(other)
	};
	if
	:: free && next != 0 ->
		atomic {
			MAY -> STEP;
			if
			:: slot[other] == next && IDLE(other) && laneversion[other] == oldversion ->
				slot[other] = 0;
				laneversion[other]++;
				got = next;
				GIVEN(got, other);
				TAKEN(got, me)
			:: else /* entered or stolen from meanwhile: passed by */
			fi
		}
	:: else
	fi;
	atomic { next = 0; oldversion = 0; free = 0 }
}

proctype thread(byte me)
{
	byte old, oldversion, next, then, got, had, ops;
	bit free;
	do
	:: ops == OPS -> break
	:: ops < OPS ->
		atomic { MAY -> STEP; ops++; busy[me] = 1; had = slot[me] };
		if
		:: pop();
		   if
		   :: got == 0 ->
			steal((me + 1) % THREADS);
			if
			:: got == 0 -> steal((me + 2) % THREADS)
			:: else
			fi
		   :: else
		   fi;
		   if
		   :: got != 0 ->
#ifdef LEAVE_FIRST
			atomic { slot[me] = got; laneversion[me]++; busy[me] = 0 };
#endif
			if
			:: had != 0 -> push(had)
			:: else
			fi;
			had = got
		   :: else
		   fi
		:: had != 0 -> push(had); had = 0
		fi;
		atomic {
			MAY -> STEP;
			slot[me] = had;
			laneversion[me]++;
			busy[me] = 0;
			got = 0;
			had = 0
		};
		CALL_ENDS
	od;
	finished++
}

#ifdef ALONE
proctype stop()
{
	if
	:: alone = 0
	:: alone = 1
	:: alone = 2
	fi
}
#endif

/* none-lost: at the end every room is in one place. */
proctype judge()
{
	byte r, at, n, i;
end:	atomic {
		finished == THREADS;
		r = 1;
		do
		:: r <= ROOMS ->
			n = 0;
			at = head;
			do
			:: at != 0 -> n = n + (at == r -> 1 : 0); at = below[at]
			:: else -> break
			od;
			i = 0;
			do
			:: i < THREADS -> n = n + (slot[i] == r -> 1 : 0); i++
			:: else -> break
			od;
			assert(n == 1);
			r++
		:: else -> break
		od
	}
}

init
{
	byte i;
	atomic {
		i = 1;
		do
		:: i <= ROOMS -> holder[i] = NOBODY; below[i] = i - 1; i++
		:: else -> break
		od;
		head = ROOMS;
		run thread(0);
		run thread(1);
		run thread(2);
#ifdef ALONE
		run stop();
#endif
		run judge()
	}
}
