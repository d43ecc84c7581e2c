/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 *
 * Lanes, a stack of the depot, processes killed at any step, and the recovery of
 * what their lanes named: intent.h, depot.h, lane.h and recover.c, one step for
 * each access to shared memory. docs/proof.md tells what is checked.
 *
 * Thread 0 may be killed at any step. Thread 1 goes on. Thread 2 recovers the lane
 * of thread 0, again and again if told to, once that is dead. With -DTWO_DEAD
 * thread 1 may be killed too, and its lane is recovered as well. With -DON_STACK both work
 * from a lane on their stack: no lane names a room, only a count tells of them.
 */

#ifndef ROOMS
#define ROOMS 2
#endif
#define WORKERS 2
#ifndef OPS
#define OPS 2
#endif
#define NOBODY 7

byte head;                /* the room on top, 0: none */
byte version;             /* bounded operations: never wraps */
byte below[ROOMS + 1];
byte moves[ROOMS + 1];
byte slot[WORKERS];       /* one room each, 0: none */
bit busy[WORKERS];
byte laneversion[WORKERS]; /* of its slot */
byte intent[WORKERS];
bit calling[WORKERS];     /* kept lanes: left is -1 */
bit marked[WORKERS];      /* known to be dead */
byte on_stack[WORKERS];      /* threads at work from their stack, here one or none */

/* What is true, whatever the words say. */
byte holder[ROOMS + 1];   /* NOBODY: in the stack; else 0, 1: in that thread's lane */
bit dead[WORKERS];
bit done[WORKERS];
bit recovered[WORKERS];

#define TAKEN(r, who) \
	assert(holder[r] == NOBODY); /* no-frame-in-two-places */ \
	holder[r] = who
#define GIVEN(r, who) \
	assert(holder[r] == who); /* no-frame-in-two-places */ \
	holder[r] = NOBODY

#if defined(NO_INTENT) || defined(ON_STACK)
#define INTEND(r) skip
#else
#define INTEND(r) intent[me] = r
#endif
#ifdef NO_MARK
#define GONE(t) false
#else
#define GONE(t) marked[t]
#endif
#ifdef NO_STIR
#define STIR(r) skip
#else
#define STIR(r) moves[r]++
#endif

/* A room of the stack, to `got`. */
inline pop()
{
	do
	:: atomic { oldhead = head; oldversion = version };
	   if
	   :: oldhead == 0 -> break
	   :: else
	   fi;
#ifdef STIR_FIRST
	   STIR(oldhead);
	   INTEND(oldhead);
#else
	   INTEND(oldhead);
	   STIR(oldhead);
#endif
	   next = below[oldhead];
	   atomic {
		if
		:: head == oldhead && version == oldversion ->
			assert(next == below[oldhead]); /* no-ABA */
			head = next;
#ifndef NO_VERSION
			version++;
#endif
			got = oldhead;
			TAKEN(got, me);
			break
		:: else /* lock-freedom: another one swapped it */
		fi
	   }
	od;
	if
	:: got == 0 -> intent[me] = 0
	:: else
	fi;
	oldhead = 0; oldversion = 0; next = 0
}

inline push(r, who)
{
	STIR(r);
	do
	:: atomic { oldhead = head; oldversion = version };
	   below[r] = oldhead;
	   atomic {
		if
		:: head == oldhead && version == oldversion ->
			head = r;
			GIVEN(r, who);
			break
		:: else
		fi
	   }
	od;
	oldhead = 0; oldversion = 0
}

/* The rooms of the other worker's lane, if nobody is in it. */
inline steal(other)
{
	atomic { seen = slot[other]; oldversion = laneversion[other]; free = !busy[other] };
	if
	:: free && seen != 0 ->
		INTEND(seen);
		STIR(seen);
		atomic {
			if
			:: !busy[other] && slot[other] == seen && laneversion[other] == oldversion ->
				slot[other] = 0;
				laneversion[other]++;
				got = seen;
				GIVEN(got, other);
				TAKEN(got, me)
			:: else
			fi
		};
		if
		:: got == 0 -> intent[me] = 0
		:: else
		fi
	:: else
	fi;
	seen = 0; oldversion = 0; free = 0
}

inline publish(r)
{
#ifdef INTENT_ENDS_FIRST
	intent[me] = 0;
	slot[me] = r;
#else
	slot[me] = r;
	intent[me] = 0;
#endif
}

#ifdef ON_STACK_NOT_COUNTED
#define MAY_BE_ON_STACK(t) false
#else
#define MAY_BE_ON_STACK(t) (on_stack[t] != 0 && !marked[t])
#endif

/* From a lane on its stack: it takes a room, and gives it back. */
proctype stack_worker(byte me)
{
	byte oldhead, oldversion, next, got, ops;
	{
		do
		:: ops == OPS -> break
		:: ops < OPS ->
			ops++;
			on_stack[me]++;
			pop();
#ifdef ON_STACK_ENDS_FIRST
			on_stack[me]--;
#endif
			if
			:: got != 0 -> push(got, me)
			:: else
			fi;
#ifndef ON_STACK_ENDS_FIRST
			on_stack[me]--;
#endif
			got = 0
		od
	} unless { dead[me] };
	done[me] = 1
}

/* Get: change the lane's room for one of the depot or of another lane. Put: give it away. */
proctype worker(byte me)
{
	byte oldhead, oldversion, next, got, seen, had, ops;
	bit free;
	{
		do
		:: ops == OPS -> break
		:: ops < OPS ->
			ops++;
			/* lane-enter; nobody else enters it, but it may have been stolen from */
			atomic { assert(!calling[me]); busy[me] = 1; calling[me] = 1; had = slot[me] };
			if
			:: pop();
			   if
			   :: got == 0 -> steal(1 - me)
			   :: else
			   fi;
			   if
			   :: got != 0 ->
#ifdef PUBLISH_FIRST
				publish(got);
#endif
				if
				:: had != 0 -> push(had, me)
				:: else
				fi;
				had = got;
				publish(got)
			   :: else
			   fi
			:: had != 0 -> push(had, me); had = 0; publish(0)
			fi;
#ifdef KEPT
			publish(had);
			atomic { calling[me] = 0; got = 0; had = 0 }
#else
			atomic { /* lane-leave */
				slot[me] = had;
				laneversion[me]++;
				busy[me] = 0;
				calling[me] = 0;
				got = 0; had = 0
			}
#endif
		od
	} unless { dead[me] };
	done[me] = 1
}

#define HELD 0
#define ELSEWHERE 1
#define UNCERTAIN 2

/*
 * Has anybody alive the room? A name in a lane whose thread is in a call is no
 * proof: an intent may come to nothing, and a slot names a room until the call
 * that gave it away goes on.
 */
inline seek_lanes(r)
{
	other = 0;
	do
	:: verdict == HELD && other < WORKERS ->
		if
		:: other == lost ->
			if
			:: slot[other] == r && !busy[other] -> verdict = ELSEWHERE
			:: else
			fi
		:: other != lost && GONE(other)
		:: else ->
			/* The intent first: it ends only after the slot names the room. */
#ifdef SLOT_FIRST
			named = slot[other] == r;
			free = busy[other] && calling[other];
			unsure = unsure || intent[other] == r || (named && free);
			verdict = (named && !free -> ELSEWHERE : HELD);
#else
			unsure = unsure || intent[other] == r;
			free = calling[other];
			atomic {
				named = slot[other] == r;
				free = free && busy[other];
			}
#ifdef NAMED_IS_HELD
			verdict = (named || unsure -> ELSEWHERE : HELD);
#else
			unsure = unsure || (named && free);
			verdict = (named && !free -> ELSEWHERE : HELD);
#endif
#endif
			named = 0;
			free = 0
		fi;
		other++
	:: else -> break
	od;
	other = 0
}

inline seek_stack(r)
{
	atomic { at = head; oldversion = version };
	do
	:: at != 0 && at != r && steps < ROOMS -> at = below[at]; steps++
	:: else -> break
	od;
	if
#ifndef NO_WALK_CHECK
	:: version != oldversion -> verdict = UNCERTAIN
#endif
	:: else -> verdict = (at == r -> ELSEWHERE : HELD)
	fi;
	at = 0; oldversion = 0; steps = 0
}

inline recover_room(r)
{
	verdict = ELSEWHERE;
	if
	:: r != 0 ->
		verdict = HELD;
		before = moves[r];
		unsure = MAY_BE_ON_STACK(1 - lost);
		seek_lanes(r);
		if
		:: verdict == HELD -> seek_stack(r)
		:: else
		fi;
		if
		:: verdict == HELD && (unsure || moves[r] != before) -> verdict = UNCERTAIN
		:: else
		fi;
		before = 0; unsure = 0;
		if
		:: verdict == HELD ->
			atomic { /* it is one of a dead thread's */
				assert(holder[r] < WORKERS && dead[holder[r]]);
				tofree = holder[r]
			};
			push(r, tofree);
			tofree = 0
		:: else
		fi
	:: else
	fi
}

/* Called again by whoever found it not possible just now. */
proctype recoverer()
{
	byte lost, other, verdict, at, before, steps, oldhead, oldversion, tofree, room, tries, turn;
	bit free, named, unsure;
	do
	:: (dead[0] && done[0] && !recovered[0]) || (dead[1] && done[1] && !recovered[1]) ->
		if
		:: dead[turn] && done[turn] && !recovered[turn] -> lost = turn
		:: else -> lost = 1 - turn
		fi;
		marked[lost] = 1;
#ifdef ON_STACK
		room = 0;
		do
		:: on_stack[lost] != 0 && room < ROOMS ->
			room++;
			recover_room(room);
			if
			:: verdict == UNCERTAIN -> goto later
			:: else
			fi
		:: else -> break
		od;
		on_stack[lost] = 0;
#endif
		room = intent[lost];
		recover_room(room);
		if
		:: verdict == UNCERTAIN -> goto later
		:: else
		fi;
		intent[lost] = 0;
		if
		:: busy[lost] ->
			room = slot[lost];
			recover_room(room);
			if
			:: verdict == UNCERTAIN -> goto later
			:: else
			fi;
			atomic { slot[lost] = 0; laneversion[lost]++; busy[lost] = 0 }
		:: else
		fi;
		atomic { marked[lost] = 0; recovered[lost] = 1 };
		tries = 0;
		goto next_one;
later:
		/* recovery-ends: once nobody is in a call, no lane makes others wait. */
		if
		:: done[0] && done[1] -> tries++; assert(tries < 5)
		:: else
		fi;
next_one:
		turn = 1 - turn;
		verdict = 0; room = 0; lost = 0
	:: done[0] && done[1] && (!dead[0] || recovered[0]) && (!dead[1] || recovered[1]) -> break
	od
}

/* kill -9, at any step. */
proctype killer(byte who)
{
end:	atomic { !done[who] -> dead[who] = 1 }
}

proctype judge()
{
	byte r, at, n;
	/* none-lost: after recovery every room is in one place, and that can be found. */
	atomic {
		(done[0] && done[1] && (!dead[0] || recovered[0]) && (!dead[1] || recovered[1]));
		r = 1;
		do
		:: r <= ROOMS ->
			n = 0;
			at = head;
			do
			:: at != 0 -> n = n + (at == r -> 1 : 0); at = below[at]
			:: else -> break
			od;
			n = n + (slot[0] == r -> 1 : 0) + (slot[1] == r -> 1 : 0);
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
		:: i <= ROOMS ->
			holder[i] = NOBODY;
			below[i] = i - 1;
			i++
		:: else -> break
		od;
		head = ROOMS;
#ifdef ON_STACK
		run stack_worker(0);
		run stack_worker(1);
#else
		run worker(0);
		run worker(1);
#endif
		run recoverer();
		run killer(0);
#ifdef TWO_DEAD
		run killer(1);
#endif
		run judge()
	}
}
